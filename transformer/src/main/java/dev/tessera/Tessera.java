package dev.tessera;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.bundle.Provenance;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.Tiling;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A trained model, ready for use.
 *
 * <p>Safe to use on any number of threads: calls that need the decoder wait for each other. It
 * prints nothing, keeps nothing outside itself, and a result depends on the call's arguments alone.
 */
public final class Tessera implements AutoCloseable {
  private static final int ROWS = 32;

  private final Bundle bundle;
  private final PictureCodec codec;
  private final Supplier<WeightFormat> format;
  private @Nullable IncrementalDecoder decoder;
  private boolean closed;

  /**
   * A sampled picture.
   *
   * @param picture of the model's size
   * @param prompt that it was sampled for; empty for none
   * @param logLikelihood of its tokens given the prompt, in nats
   */
  public record Sample(Rgb picture, String prompt, double logLikelihood) {}

  /**
   * A caption for a picture.
   *
   * @param text of the caption
   * @param logLikelihood of its tokens and its end given the picture, in nats
   * @param perToken the same per token
   */
  public record Description(String text, double logLikelihood, double perToken) {}

  private Tessera(Bundle bundle, Supplier<WeightFormat> format) {
    this.bundle = bundle;
    this.format = format;
    this.codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution::best);
  }

  /**
   * Loads a model.
   *
   * @param file a bundle, {@code NAME.tessera}
   * @throws IOException if it is missing, damaged, or was written by a newer version
   */
  public static Tessera load(Path file) throws IOException {
    return new Tessera(Bundle.read(file), WeightFormat::best);
  }

  /**
   * Loads a model.
   *
   * @param file a bundle, {@code NAME.tessera}
   * @param format of the weights that tokens are decoded with; results differ between formats
   * @throws IOException if it is missing, damaged, or was written by a newer version
   */
  public static Tessera load(Path file, WeightFormat format) throws IOException {
    return new Tessera(Bundle.read(file), () -> format);
  }

  /** The shape of the pictures that the model makes. */
  public PictureConfig pictureConfig() {
    return bundle.vqvae().picture();
  }

  /** Where the model comes from. */
  public Provenance provenance() {
    return bundle.provenance();
  }

  /** Whether a prompt is longer than the model's text, so that its end will be cut. */
  public boolean isTruncated(String prompt) {
    Bundle.Stage2 stage2 = stage2();
    return stage2.tokenizer().encode(prompt).length >= stage2.config().textLength();
  }

  /**
   * Samples one picture for each prompt.
   *
   * @param prompts any text; empty for a picture without a prompt
   * @param options picture i depends on the seed and i, not on the other prompts
   * @param progress told the image tokens that are done
   * @param cancelled asked before each step
   * @throws IllegalStateException if the model has no stage 2
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public synchronized List<Sample> sample(
      List<String> prompts, SamplingOptions options, Progress progress, BooleanSupplier cancelled) {
    Bpe tokenizer = stage2().tokenizer();
    List<ImagePrompt> asked = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      asked.add(ImagePrompt.text(tokenizer.encode(prompts.get(i)), i));
    }
    List<ImageSample> samples = codes(asked, options, progress, cancelled);
    List<Rgb> pictures =
        codec.decode(samples.stream().map(ImageSample::codes).toArray(int[][]::new));
    List<Sample> result = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      result.add(new Sample(pictures.get(i), prompts.get(i), samples.get(i).logLikelihood()));
    }
    return result;
  }

  /**
   * Samples tokens while another thread prepares what makes pictures of them: for the first
   * pictures of a process, the one takes about as long as the other.
   */
  private List<ImageSample> codes(
      List<ImagePrompt> asked,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    ImageSampler sampler = new ImageSampler(decoder());
    CompletableFuture<Void> prepared =
        CompletableFuture.runAsync(() -> codec.prepareDecoder(asked.size()), Tessera::inBackground);
    try {
      return sampler.sample(asked, options, progress, cancelled);
    } finally {
      // A failure waits for decode, which meets it again where the caller can see it.
      prepared.exceptionally(failure -> null).join();
    }
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "tessera-preparation");
    thread.setDaemon(true);
    thread.start();
  }

  /** Samples one picture without a prompt. */
  public Rgb sample(SamplingOptions options) {
    return sample("", options);
  }

  /** Samples one picture for a prompt. */
  public Rgb sample(String prompt, SamplingOptions options) {
    return sample(List.of(prompt), options, Progress.NONE, () -> false).get(0).picture();
  }

  /**
   * The most likely captions that beam search finds, best first.
   *
   * @param picture of the model's size
   * @param beams texts followed at once, and captions returned at most, 1 to {@value #ROWS}
   * @throws IllegalStateException if the model was trained without captions
   */
  public synchronized List<Description> caption(Rgb picture, int beams, BooleanSupplier cancelled) {
    requireCaptions();
    int[] codes = codec.encode(picture);
    return describe(new Captioner(decoder()).search(codes, beams, cancelled));
  }

  /** The most likely caption that a search with eight beams finds. */
  public String caption(Rgb picture) {
    return caption(picture, 8, () -> false).get(0).text();
  }

  /**
   * Captions drawn at random, the most likely first.
   *
   * @param picture of the model's size
   * @throws IllegalStateException if the model was trained without captions
   */
  public synchronized List<Description> sampleCaptions(
      Rgb picture, int count, SamplingOptions options, BooleanSupplier cancelled) {
    requireCaptions();
    int[] codes = codec.encode(picture);
    return describe(new Captioner(decoder()).sample(codes, count, options, cancelled));
  }

  /** A picture of the model's size as the codebook can express it. */
  public Rgb reconstruct(Rgb picture) {
    requireOpen();
    return codec.decode(codec.encode(picture));
  }

  /**
   * A picture of any size as the codebook can express it, at its own resolution: in tiles of the
   * model's size, blended where they overlap.
   */
  public Rgb reconstructTiled(Rgb picture) {
    requireOpen();
    return Tiling.of(codec).reconstruct(picture);
  }

  private List<Description> describe(List<Caption> captions) {
    Bpe tokenizer = stage2().tokenizer();
    return captions.stream()
        .map(c -> new Description(tokenizer.decode(c.bpe()), c.logLikelihood(), c.perToken()))
        .toList();
  }

  private void requireCaptions() {
    stage2();
    if (bundle.provenance().captioned() == 0) {
      throw new IllegalStateException(
          "the model was trained on pictures without captions, so it cannot write any");
    }
  }

  private Bundle.Stage2 stage2() {
    requireOpen();
    return bundle
        .stage2()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the model has stage 1 only: it can reconstruct pictures, but not make any"));
  }

  private IncrementalDecoder decoder() {
    if (decoder == null) {
      Bundle.Stage2 stage2 = stage2();
      TransformerConfig config = stage2.config();
      TransformerWeights weights =
          TransformerWeights.read(
              config, (name, shape) -> stage2.weights().get(name, shape).data());
      decoder = new IncrementalDecoder(config, weights, ROWS, format.get());
    }
    return decoder;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  /** Releases memory and threads; the model cannot be used any more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
    codec.close();
  }
}
