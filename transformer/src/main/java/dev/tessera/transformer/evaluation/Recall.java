package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How exactly a model repeats the pictures it was trained on. A model that can learn at all repeats
 * a small set to the token; one whose prompt is lost on the way repeats nothing.
 *
 * @param pictures measured
 * @param tokensFromCaption share of image tokens that greedy decoding from the caption gets right
 * @param captionsFromPicture share of captions that greedy decoding from the picture gets right
 * @param control like the first, but each picture is asked for by the next one's caption
 */
public record Recall(
    int pictures, double tokensFromCaption, double captionsFromPicture, double control) {
  private static final int ROWS = 32;

  /**
   * Measures a model on the captioned training pictures of a set.
   *
   * @throws IllegalArgumentException if the model has no stage 2 or no picture has a caption
   */
  public static Recall of(Bundle bundle, PreparedPictures pictures) {
    Bundle.Stage2 stage2 =
        bundle
            .stage2()
            .orElseThrow(() -> new IllegalArgumentException("the model has stage 1 only"));
    int[] captioned =
        Arrays.stream(pictures.training())
            .filter(picture -> !pictures.entry(picture).captions().isEmpty())
            .toArray();
    if (captioned.length < 2) {
      throw new IllegalArgumentException("recall needs two pictures with captions at least");
    }
    int[][] codes;
    try (PictureCodec codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best())) {
      codes = codec.encode(captioned.length, i -> pictures.picture(captioned[i]));
    }
    int[][] captions = new int[captioned.length][];
    for (int i = 0; i < captioned.length; i++) {
      String caption = pictures.entry(captioned[i]).captions().get(0);
      captions[i] = stage2.tokenizer().encode(caption);
    }
    try (IncrementalDecoder decoder =
        new IncrementalDecoder(
            stage2.config(),
            TransformerWeights.read(stage2.config(), stage2.weights()),
            ROWS,
            WeightFormat.best())) {
      return new Recall(
          captioned.length,
          tokensRight(decoder, captions, codes, 0),
          captionsRight(decoder, captions, codes),
          tokensRight(decoder, captions, codes, 1));
    }
  }

  /** The share of codes that come back from the captions that lie {@code shift} further on. */
  private static double tokensRight(
      IncrementalDecoder decoder, int[][] captions, int[][] codes, int shift) {
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int i = 0; i < codes.length; i++) {
      prompts.add(ImagePrompt.text(captions[(i + shift) % codes.length], i));
    }
    List<ImageSample> samples = new ImageSampler(decoder).sample(prompts, SamplingOptions.greedy());
    long right = 0;
    long all = 0;
    for (int i = 0; i < codes.length; i++) {
      for (int slot = 0; slot < codes[i].length; slot++) {
        right += samples.get(i).codes()[slot] == codes[i][slot] ? 1 : 0;
        all++;
      }
    }
    return (double) right / all;
  }

  private static double captionsRight(IncrementalDecoder decoder, int[][] captions, int[][] codes) {
    Captioner captioner = new Captioner(decoder);
    int right = 0;
    for (int i = 0; i < codes.length; i++) {
      int[] best = captioner.search(codes[i], 1, () -> false).get(0).bpe();
      int kept = Math.min(captions[i].length, decoder.config().textLength() - 1);
      right += Arrays.equals(best, Arrays.copyOf(captions[i], kept)) ? 1 : 0;
    }
    return (double) right / codes.length;
  }
}
