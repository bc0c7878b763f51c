package dev.tessera.transformer.pipeline;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.PictureGrid;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Samples of a model in training for the same few prompts each time, as one picture. */
final class SampleGrid {
  private static final int PICTURES = 12;
  private static final int COLUMNS = 6;
  private static final int ENLARGED_SIDE = 96;

  private static final SamplingOptions OPTIONS =
      SamplingOptions.DEFAULT.withTemperature(0.9).withTopK(100);

  private final TransformerConfig config;
  private final Bpe tokenizer;
  private final PictureCodec codec;
  private final List<String> prompts;
  private BufferedImage last = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);

  /** A grid whose prompts are captions of the pictures, of held-out ones if there are any. */
  SampleGrid(
      TransformerConfig config, Bpe tokenizer, PictureCodec codec, PreparedPictures pictures) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.codec = codec;
    this.prompts = prompts(pictures);
  }

  private static List<String> prompts(PreparedPictures pictures) {
    int[] shown = pictures.heldOut().length >= PICTURES ? pictures.heldOut() : pictures.training();
    List<String> prompts = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      int picture = shown[(int) ((long) i * shown.length / PICTURES)];
      List<String> captions = pictures.entry(picture).captions();
      prompts.add(captions.isEmpty() ? "" : captions.get(0));
    }
    return prompts;
  }

  /** What was drawn last; a single black pixel before that. */
  BufferedImage last() {
    return last;
  }

  BufferedImage draw(ParameterStore weights) {
    TransformerWeights read =
        TransformerWeights.read(config, (name, shape) -> HostCopy.floats(weights.array(name)));
    List<ImagePrompt> asked = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      asked.add(ImagePrompt.text(tokenizer.encode(prompts.get(i)), i));
    }
    List<ImageSample> samples;
    try (IncrementalDecoder decoder =
        new IncrementalDecoder(config, read, PICTURES, WeightFormat.best())) {
      samples = new ImageSampler(decoder).sample(asked, OPTIONS);
    }
    int[][] codes = samples.stream().map(ImageSample::codes).toArray(int[][]::new);
    int zoom = Math.max(1, ENLARGED_SIDE / codec.config().picture().width());
    last = PictureGrid.captioned(COLUMNS, zoom).draw(codec.decode(codes), prompts);
    return last;
  }
}
