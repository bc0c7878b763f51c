package dev.tessera.transformer.decode;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Layout;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples pictures, any number of them in batches of the decoder's size.
 *
 * <p>A picture of which nothing is known, or what comes first in raster order, is sampled in raster
 * order. Any other known codes come first and are followed by the rest, if the model was trained
 * with infilling: the hole is filled by what is known on all sides of it. With a second decoder the
 * same pictures also go through the model in raster order, and each code of a hole is drawn from a
 * mixture of what both orders expect: each is right where the other is not. In a model without
 * infilling, known codes are forced where they stand in raster order, so that what follows takes
 * them into account and what precedes them does not.
 */
public final class ImageSampler {
  /**
   * Share of the order for holes, beside raster order, in what codes of a hole are drawn from.
   * Chosen on held-out pictures of all emoji: half costs as little on the whole, but to the right
   * no less than raster order alone.
   */
  public static final double HOLE_SHARE = 0.3;

  private final IncrementalDecoder decoder;
  private final @Nullable IncrementalDecoder raster;
  private final TransformerConfig config;
  private final SequenceBuilder builder;
  private final Vocabulary vocabulary;

  /**
   * A sampler that has the decoder for itself while it samples, and fills holes from what is around
   * them alone.
   */
  public ImageSampler(IncrementalDecoder decoder) {
    this(decoder, null);
  }

  /**
   * A sampler that has both decoders for itself while it samples.
   *
   * @param raster another one with the same weights and as many rows, which sees pictures with
   *     holes in raster order; null for none
   */
  public ImageSampler(IncrementalDecoder decoder, @Nullable IncrementalDecoder raster) {
    this.decoder = decoder;
    this.raster = raster;
    config = decoder.config();
    builder = new SequenceBuilder(config);
    vocabulary = new Vocabulary(config);
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
    while (samples.size() < prompts.size()) {
      int start = samples.size();
      List<ImagePrompt> part = prompts.subList(start, end(prompts, start, chunk));
      long before = (long) start * config.imageLength();
      long total = (long) prompts.size() * config.imageLength();
      samples.addAll(
          sampleChunk(
              part, options, (done, of) -> progress.update(before + done, total), cancelled));
    }
    return samples;
  }

  /** The end of the prompts that go through the decoders together. */
  private int end(List<ImagePrompt> prompts, int start, int chunk) {
    int end = start + 1;
    while (end < prompts.size()
        && end - start < chunk
        && (raster == null
            || Arrays.equals(prompts.get(start).known(), prompts.get(end).known()))) {
      end++;
    }
    return end;
  }

  private List<ImageSample> sampleChunk(
      List<ImagePrompt> prompts,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    List<Draft> drafts = new ArrayList<>();
    for (ImagePrompt prompt : prompts) {
      CounterRandom random = new CounterRandom(options.seed(), "sample", prompt.sample());
      drafts.add(new Draft(prompt, random, options.isPlain()));
    }
    int count = drafts.size();
    int given = drafts.stream().mapToInt(Draft::givenFirst).min().orElse(0);
    List<Prefill.Condition> conditions = new ArrayList<>();
    drafts.forEach(draft -> conditions.add(draft.condition(draft.prompt.bpe(), given)));
    if (options.isGuided()) {
      drafts.forEach(draft -> conditions.add(draft.condition(new int[0], given)));
    }
    Prefill.run(decoder, conditions, cancelled);
    RasterStream stream = rasterStream(drafts, conditions.size(), cancelled);

    int rows = conditions.size();
    int[] tokens = new int[rows];
    int[] positions = new int[rows];
    int[] targets = new int[rows];
    for (int row = 0; row < rows; row++) {
      tokens[row] = conditions.get(row).lastToken();
    }
    TokenSampler sampler = TokenSampler.of(options);
    for (int place = given; place < config.imageLength(); place++) {
      Prefill.check(cancelled);
      int input = config.textLength() + place;
      boolean drawn = false;
      for (int row = 0; row < rows; row++) {
        Draft draft = drafts.get(row % count);
        positions[row] = draft.layout.positions()[input];
        targets[row] = draft.layout.positions()[input + 1];
        drawn |= !draft.prompt.knows(draft.slot(place));
      }
      float[][] logits = decoder.step(tokens, positions, targets, drawn ? Range.IMAGE : Range.NONE);
      if (stream != null && drawn) {
        int slot = drafts.get(0).slot(place);
        float[][] others = stream.logits(slot, (row, of) -> drafts.get(row % count).codes[of]);
        decoder.share(rows, row -> Logits.mix(logits[row], HOLE_SHARE, others[row]));
      }
      int at = place;
      float scale = (float) options.guidanceAt(place, config.imageLength());
      decoder.share(
          count,
          row -> drafts.get(row).decide(at, logits, row, rows - count + row, scale, sampler));
      for (int row = 0; row < count; row++) {
        Draft draft = drafts.get(row);
        int slot = draft.slot(place);
        for (int same = row; same < rows; same += count) {
          tokens[same] = vocabulary.image(draft.codes[slot]);
        }
      }
      progress.update((long) (place + 1) * count, (long) config.imageLength() * count);
    }
    return drafts.stream().map(draft -> new ImageSample(draft.codes, draft.logLikelihood)).toList();
  }

  /** The same pictures in raster order, conditional rows first; null if they have no hole. */
  private @Nullable RasterStream rasterStream(
      List<Draft> drafts, int rows, BooleanSupplier cancelled) {
    if (raster == null || !config.infilling() || !drafts.get(0).prompt.needsInfilling()) {
      return null;
    }
    List<int[]> texts = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      texts.add(row < drafts.size() ? drafts.get(row).prompt.bpe() : new int[0]);
    }
    return new RasterStream(raster, texts, cancelled);
  }

  /** A picture that is being sampled. */
  private final class Draft {
    private final ImagePrompt prompt;
    private final CounterRandom random;
    private final boolean plain;
    private final Layout layout;

    /** Those that are known, and those that have been drawn. */
    private final int[] codes = new int[config.imageLength()];

    private double logLikelihood;

    Draft(ImagePrompt prompt, CounterRandom random, boolean plain) {
      this.prompt = prompt;
      this.random = random;
      this.plain = plain;
      layout =
          config.infilling() && prompt.needsInfilling()
              ? builder.infillingLayout(prompt.known())
              : builder.layout(Direction.FORWARD);
      for (int slot = 0; slot < codes.length; slot++) {
        codes[slot] = prompt.knows(slot) ? prompt.codes()[slot] : 0;
      }
    }

    /** The slot of the image token that comes after {@code place} others. */
    int slot(int place) {
      return vocabulary.imageSlot(layout.positions()[1 + config.textLength() + place]);
    }

    /** Known image tokens that come before the first that is not. */
    int givenFirst() {
      int place = 0;
      while (place < config.imageLength() && prompt.knows(slot(place))) {
        place++;
      }
      return place;
    }

    /** Order, text and the first {@code given} image tokens. */
    Prefill.Condition condition(int[] bpe, int given) {
      int[] image = new int[given];
      Arrays.setAll(image, place -> vocabulary.image(codes[slot(place)]));
      return Prefill.Condition.of(layout, builder.textIds(bpe), image);
    }

    /**
     * Finds the code of a place.
     *
     * @param logits of all rows; none if all of them know the code
     */
    void decide(
        int place,
        float[][] logits,
        int conditional,
        int unconditional,
        float guidance,
        TokenSampler sampler) {
      int slot = slot(place);
      if (!prompt.knows(slot)) {
        draw(slot, logits[conditional], logits[unconditional], guidance, sampler);
      }
    }

    /** Draws the code of a slot. */
    private void draw(
        int slot,
        float[] conditional,
        float[] unconditional,
        float guidance,
        TokenSampler sampler) {
      float[] shares = conditional.clone();
      float maximum = Logits.exponentials(shares);
      double total = Logits.sum(shares, 0, shares.length);
      if (plain) {
        codes[slot] = TokenSampler.draw(shares, total, random);
      } else {
        // The sampler loses what it filters, which the likelihood needs.
        float[] filtered = conditional.clone();
        if (guidance != 1) {
          guide(filtered, unconditional, guidance);
        }
        codes[slot] = sampler.sample(filtered, random);
      }
      logLikelihood += conditional[codes[slot]] - (maximum + StrictMath.log(total));
    }
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
