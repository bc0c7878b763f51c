package dev.tessera.transformer.decode;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Samples pictures, in raster order, any number of them in batches of the decoder's size.
 *
 * <p>Known codes are forced where they stand, so that what follows them takes them into account;
 * what precedes them does not.
 */
public final class ImageSampler {
  private final IncrementalDecoder decoder;
  private final TransformerConfig config;
  private final SequenceBuilder builder;
  private final Vocabulary vocabulary;
  private final int[] positions;

  /** A sampler that has the decoder for itself while it samples. */
  public ImageSampler(IncrementalDecoder decoder) {
    this.decoder = decoder;
    config = decoder.config();
    builder = new SequenceBuilder(config);
    vocabulary = new Vocabulary(config);
    positions = builder.positions(Direction.FORWARD);
  }

  /** Samples with nobody watching. */
  public List<ImageSample> sample(List<ImagePrompt> prompts, SamplingOptions options) {
    return sample(prompts, options, Progress.NONE, () -> false);
  }

  /**
   * One picture for each prompt, in their order.
   *
   * @param options with guidance every picture takes two of the decoder's rows
   * @param progress told the image tokens that are done, of those of all pictures
   * @param cancelled asked before each step
   * @throws IllegalArgumentException if a prompt does not fit the model, or guidance the decoder
   * @throws CancellationException if cancelled
   */
  public List<ImageSample> sample(
      List<ImagePrompt> prompts,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    int chunk = decoder.maximumBatch() / (options.isGuided() ? 2 : 1);
    if (chunk == 0) {
      throw new IllegalArgumentException(
          "guidance needs two rows for each picture, but the decoder has one");
    }
    prompts.forEach(this::validate);
    List<ImageSample> samples = new ArrayList<>();
    for (int start = 0; start < prompts.size(); start += chunk) {
      List<ImagePrompt> part = prompts.subList(start, Math.min(prompts.size(), start + chunk));
      long before = (long) start * config.imageLength();
      long total = (long) prompts.size() * config.imageLength();
      samples.addAll(
          sampleChunk(
              part, options, (done, of) -> progress.update(before + done, total), cancelled));
    }
    return samples;
  }

  private List<ImageSample> sampleChunk(
      List<ImagePrompt> prompts,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    int count = prompts.size();
    List<int[]> conditions = new ArrayList<>();
    for (ImagePrompt prompt : prompts) {
      conditions.add(condition(prompt.bpe()));
    }
    if (options.isGuided()) {
      for (int row = 0; row < count; row++) {
        conditions.add(condition(new int[0]));
      }
    }
    Prefill.run(decoder, conditions, positions, cancelled);

    int[] tokens = new int[conditions.size()];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = conditions.get(row)[config.textLength()];
    }
    int[][] codes = new int[count][config.imageLength()];
    double[] logLikelihood = new double[count];
    CounterRandom[] random = new CounterRandom[count];
    for (int row = 0; row < count; row++) {
      random[row] = new CounterRandom(options.seed(), "sample", prompts.get(row).sample());
    }
    TokenSampler sampler = TokenSampler.of(options);
    for (int slot = 0; slot < config.imageLength(); slot++) {
      Prefill.check(cancelled);
      int input = config.textLength() + slot;
      float[][] logits = decoder.step(tokens, positions[input], positions[input + 1], Range.IMAGE);
      float scale = (float) options.guidanceAt(slot, config.imageLength());
      for (int row = 0; row < count; row++) {
        float[] conditional = logits[row];
        double logSumExp = Logits.logSumExp(conditional);
        ImagePrompt prompt = prompts.get(row);
        // Kept apart from the sampler's copy, which loses what it filters.
        float[] own = conditional.clone();
        int code = prompt.knows(slot) ? prompt.codes()[slot] : -1;
        if (code < 0) {
          if (options.isGuided()) {
            guide(conditional, logits[count + row], scale);
          }
          code = sampler.sample(conditional, random[row]);
        }
        codes[row][slot] = code;
        logLikelihood[row] += own[code] - logSumExp;
        tokens[row] = vocabulary.image(code);
        if (options.isGuided()) {
          tokens[count + row] = tokens[row];
        }
      }
      progress.update((long) (slot + 1) * count, (long) config.imageLength() * count);
    }
    List<ImageSample> samples = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      samples.add(new ImageSample(codes[row], logLikelihood[row]));
    }
    return samples;
  }

  private int[] condition(int[] bpe) {
    int[] text = builder.textIds(bpe);
    int[] condition = new int[1 + text.length];
    condition[0] = Direction.FORWARD.orderToken();
    System.arraycopy(text, 0, condition, 1, text.length);
    return condition;
  }

  /** In this form a scale of 1 leaves every bit of the conditional logits as it is. */
  static void guide(float[] conditional, float[] unconditional, float scale) {
    for (int id = 0; id < conditional.length; id++) {
      conditional[id] += (scale - 1) * (conditional[id] - unconditional[id]);
    }
  }

  private void validate(ImagePrompt prompt) {
    if (prompt.known().length == 0) {
      return;
    }
    if (prompt.known().length != config.imageLength()) {
      throw new IllegalArgumentException(
          "a prompt marks "
              + prompt.known().length
              + " codes as known or not, but a picture has "
              + config.imageLength());
    }
    for (int slot = 0; slot < config.imageLength(); slot++) {
      int code = prompt.codes()[slot];
      if (prompt.knows(slot) && (code < 0 || code >= config.imageVocabulary())) {
        throw new IllegalArgumentException(
            "known code "
                + slot
                + " is "
                + code
                + ", but must be 0 to "
                + (config.imageVocabulary() - 1));
      }
    }
  }
}
