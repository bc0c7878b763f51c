package dev.tessera.transformer.decode;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Finds captions for a picture, in the reverse order of sequences.
 *
 * <p>A caption has 1 to Nt − 1 tokens and its end. Empty ones are never offered: an empty text
 * stands for a caption that was dropped in training, and the model has not learnt when to say so.
 * The end in the last slot is forced, but counts with its likelihood.
 */
public final class Captioner {
  private final IncrementalDecoder decoder;
  private final TransformerConfig config;
  private final SequenceBuilder builder;
  private final Vocabulary vocabulary;
  private final int[] positions;
  private final int end;

  /**
   * A captioner that has the decoder for itself while it works.
   *
   * @throws IllegalArgumentException if the model's text length leaves no room for a caption
   */
  public Captioner(IncrementalDecoder decoder) {
    this.decoder = decoder;
    config = decoder.config();
    if (config.textLength() < 2) {
      throw new IllegalArgumentException(
          "text length is " + config.textLength() + ", but captions need at least 2");
    }
    builder = new SequenceBuilder(config);
    vocabulary = new Vocabulary(config);
    positions = builder.positions(Direction.REVERSE);
    end = config.textVocabulary() - 1;
  }

  /**
   * The best captions that beam search finds, best log-likelihood per token first.
   *
   * @param codes Ni codes of the picture
   * @param width texts followed at once, and captions returned at most, 1 to the decoder's rows
   * @param cancelled asked before each step; a {@link java.util.concurrent.CancellationException}
   *     follows
   */
  public List<Caption> search(int[] codes, int width, BooleanSupplier cancelled) {
    if (width < 1 || width > decoder.maximumBatch()) {
      throw new IllegalArgumentException(
          "beam width is " + width + ", but must be 1 to " + decoder.maximumBatch());
    }
    int[] condition = condition(codes);
    Prefill.run(decoder, List.of(condition), positions, cancelled);
    return new BeamSearch(width, config.textLength(), end)
        .search(
            (parents, tokens) -> {
              Prefill.check(cancelled);
              boolean first = tokens[0] < 0;
              int[] ids = first ? new int[] {condition[condition.length - 1]} : tokens.clone();
              for (int row = 0; row < ids.length && !first; row++) {
                ids[row] = vocabulary.text(tokens[row]);
              }
              decoder.reorder(parents);
              return step(ids);
            });
  }

  /**
   * Captions drawn at random, best log-likelihood per token first; some may be the same.
   *
   * @param codes Ni codes of the picture
   * @param count how many
   * @param options no guidance: text has no null condition
   * @param cancelled asked before each step; a {@link java.util.concurrent.CancellationException}
   *     follows
   */
  public List<Caption> sample(
      int[] codes, int count, SamplingOptions options, BooleanSupplier cancelled) {
    if (options.isGuided()) {
      throw new IllegalArgumentException(
          "guidance is " + options.guidance() + ", but must be 1 for captions");
    }
    int[] condition = condition(codes);
    List<Caption> captions = new ArrayList<>();
    for (int start = 0; start < count; start += decoder.maximumBatch()) {
      int rows = Math.min(decoder.maximumBatch(), count - start);
      captions.addAll(sampleChunk(condition, start, rows, options, cancelled));
    }
    captions.sort(Comparator.comparingDouble(Caption::perToken).reversed());
    return captions;
  }

  private List<Caption> sampleChunk(
      int[] condition, int start, int count, SamplingOptions options, BooleanSupplier cancelled) {
    List<int[]> conditions = new ArrayList<>();
    List<Draft> drafts = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      conditions.add(condition);
      drafts.add(new Draft(new CounterRandom(options.seed(), "caption", start + row)));
    }
    Prefill.run(decoder, conditions, positions, cancelled);
    TokenSampler sampler = TokenSampler.of(options);
    List<Draft> live = drafts;
    int[] ids = new int[count];
    Arrays.fill(ids, condition[condition.length - 1]);
    for (int slot = 0; !live.isEmpty(); slot++) {
      Prefill.check(cancelled);
      float[][] logits = step(ids);
      List<Draft> next = new ArrayList<>();
      int[] parents = new int[live.size()];
      for (int row = 0; row < live.size(); row++) {
        Draft draft = live.get(row);
        if (!draft.extend(logits[row], slot, sampler)) {
          parents[next.size()] = row;
          ids[next.size()] = vocabulary.text(draft.bpe[slot]);
          next.add(draft);
        }
      }
      if (!next.isEmpty()) {
        decoder.reorder(Arrays.copyOf(parents, next.size()));
      }
      live = next;
    }
    return drafts.stream().map(Draft::caption).toList();
  }

  private float[][] step(int[] ids) {
    int input = decoder.length();
    return decoder.step(ids, positions[input], positions[input + 1], Range.TEXT);
  }

  private int[] condition(int[] codes) {
    int[] image = builder.imageIds(codes);
    int[] condition = new int[1 + image.length];
    condition[0] = Direction.REVERSE.orderToken();
    System.arraycopy(image, 0, condition, 1, image.length);
    return condition;
  }

  /** A caption that is being drawn. */
  private final class Draft {
    private final CounterRandom random;
    private final int[] bpe = new int[config.textLength()];
    private int tokens;
    private double logLikelihood;

    Draft(CounterRandom random) {
      this.random = random;
    }

    /** Draws the token of a slot; whether it was the end. */
    boolean extend(float[] logits, int slot, TokenSampler sampler) {
      double logSumExp = Logits.logSumExp(logits);
      float[] own = logits.clone();
      int token = end;
      if (slot + 1 < config.textLength()) {
        if (slot == 0) {
          logits[end] = Float.NEGATIVE_INFINITY;
        }
        token = sampler.sample(logits, random);
      }
      logLikelihood += own[token] - logSumExp;
      bpe[slot] = token;
      tokens = slot;
      return token == end;
    }

    Caption caption() {
      return Caption.of(Arrays.copyOf(bpe, tokens), logLikelihood);
    }
  }
}
