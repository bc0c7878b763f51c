package dev.tessera.transformer.decode;

import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Layout;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * How probable a model finds given pairs of text and picture: for held-out evaluation and for
 * putting samples in order.
 */
public final class Likelihood {
  private final IncrementalDecoder decoder;
  private final SequenceBuilder builder;
  private final Vocabulary vocabulary;

  /**
   * A pair to be scored.
   *
   * @param bpe ids of the text without end of text; empty for none, which is not scored
   * @param codes Ni codes of the picture
   */
  public record Pair(int[] bpe, int[] codes) {}

  /**
   * Log-likelihoods of a pair, each of the modalities given what precedes it.
   *
   * @param text of the text and its end, in nats; 0 without text
   * @param image of the codes, in nats
   * @param textTokens tokens that text sums over
   * @param imageTokens tokens that image sums over
   */
  public record Score(double text, double image, int textTokens, int imageTokens) {
    /** Of the whole pair, in nats. */
    public double total() {
      return text + image;
    }

    /** Bits that a text token costs; NaN without text. */
    public double textBitsPerToken() {
      return -text / textTokens / Math.log(2);
    }

    /** Bits that an image token costs. */
    public double imageBitsPerToken() {
      return -image / imageTokens / Math.log(2);
    }
  }

  /** A scorer that has the decoder for itself while it works. */
  public Likelihood(IncrementalDecoder decoder) {
    this.decoder = decoder;
    builder = new SequenceBuilder(decoder.config());
    vocabulary = new Vocabulary(decoder.config());
  }

  /** Scores any number of pairs, in batches of the decoder's size; text that is too long is cut. */
  public List<Score> score(List<Pair> pairs, Direction direction) {
    List<Score> scores = new ArrayList<>();
    for (int start = 0; start < pairs.size(); start += decoder.maximumBatch()) {
      List<TokenSequence> sequences = new ArrayList<>();
      for (Pair pair :
          pairs.subList(start, Math.min(pairs.size(), start + decoder.maximumBatch()))) {
        sequences.add(builder.build(pair.bpe(), pair.codes(), direction));
      }
      scores.addAll(scoreChunk(sequences));
    }
    return scores;
  }

  private List<Score> scoreChunk(List<TokenSequence> sequences) {
    int rows = sequences.size();
    double[][] found = new double[rows][sequences.get(0).length()];
    int[] targetPositions = sequences.get(0).targetPositions();
    int last = lastWeighted(sequences);
    decoder.start(rows);
    for (int at = 0; at <= last; ) {
      Range range = range(sequences, at);
      int end = at + 1;
      while (end <= last && range(sequences, end) == range) {
        end++;
      }
      give(sequences, end, range, found, () -> false);
      at = end;
    }
    double[] text = new double[rows];
    double[] image = new double[rows];
    int[] textTokens = new int[rows];
    int[] imageTokens = new int[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i <= last; i++) {
        if (sequences.get(row).weights()[i] == 0) {
          continue;
        }
        if (vocabulary.isImagePosition(targetPositions[i])) {
          image[row] += found[row][i];
          imageTokens[row]++;
        } else {
          text[row] += found[row][i];
          textTokens[row]++;
        }
      }
    }
    List<Score> scores = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      scores.add(new Score(text[row], image[row], textTokens[row], imageTokens[row]));
    }
    return scores;
  }

  /** Which logits an input is given for. */
  private Range range(List<TokenSequence> sequences, int input) {
    if (!anyWeighted(sequences, input)) {
      return Range.NONE;
    }
    boolean isImage = vocabulary.isImagePosition(sequences.get(0).targetPositions()[input]);
    return isImage ? Range.IMAGE : Range.TEXT;
  }

  /**
   * Gives inputs up to one whose targets are of one modality.
   *
   * @param found the log-probabilities of the targets that have a weight are written here, by row
   *     and input
   */
  private void give(
      List<TokenSequence> sequences,
      int end,
      Range range,
      double[][] found,
      BooleanSupplier cancelled) {
    int rows = sequences.size();
    int[][] tokens = new int[rows][];
    int[][] positions = new int[rows][];
    int[][] targetPositions = new int[rows][];
    for (int row = 0; row < rows; row++) {
      tokens[row] = sequences.get(row).tokens();
      positions[row] = sequences.get(row).positions();
      targetPositions[row] = sequences.get(row).targetPositions();
    }
    int first = range == Range.IMAGE ? vocabulary.firstImage() : vocabulary.firstText();
    while (decoder.length() < end) {
      Prefill.check(cancelled);
      decoder.give(
          tokens,
          positions,
          targetPositions,
          Math.min(end, decoder.length() + Prefill.BETWEEN_CHECKS),
          range,
          (row, input, logits) -> {
            TokenSequence sequence = sequences.get(row);
            if (sequence.weights()[input] != 0) {
              found[row][input] =
                  logits[sequence.targets()[input] - first] - Logits.logSumExp(logits);
            }
          });
    }
  }

  /**
   * Log-likelihoods of texts and their ends, each given the picture beside it, in nats.
   *
   * @param bpe ids of the texts without end of text
   * @param codes of as many pictures
   * @param cancelled as in {@link #textGivenImage(List, BooleanSupplier)}
   */
  public double[] textGivenImage(List<int[]> bpe, List<int[]> codes, BooleanSupplier cancelled) {
    return textGivenImage(
        IntStream.range(0, bpe.size()).mapToObj(i -> new Pair(bpe.get(i), codes.get(i))).toList(),
        cancelled);
  }

  /**
   * Log-likelihoods of texts and their ends given pictures, in nats; the same as {@link #score} in
   * reverse finds. A picture that several pairs of a batch share is given to the model once.
   *
   * @param cancelled asked before each step; a {@link java.util.concurrent.CancellationException}
   *     follows
   */
  public double[] textGivenImage(List<Pair> pairs, BooleanSupplier cancelled) {
    double[] likelihoods = new double[pairs.size()];
    for (int start = 0; start < pairs.size(); start += decoder.maximumBatch()) {
      int end = Math.min(pairs.size(), start + decoder.maximumBatch());
      double[] part = textChunk(pairs.subList(start, end), cancelled);
      System.arraycopy(part, 0, likelihoods, start, part.length);
    }
    return likelihoods;
  }

  private double[] textChunk(List<Pair> pairs, BooleanSupplier cancelled) {
    Layout layout = builder.layout(Direction.REVERSE);
    int rows = pairs.size();
    List<Prefill.Condition> conditions = new ArrayList<>();
    List<TokenSequence> sequences = new ArrayList<>();
    for (Pair pair : pairs) {
      conditions.add(Prefill.Condition.of(layout, builder.imageIds(pair.codes())));
      sequences.add(builder.build(pair.bpe(), pair.codes(), Direction.REVERSE));
    }
    double[] likelihoods = new double[rows];
    Prefill.run(decoder, conditions, cancelled);
    double[][] found = new double[rows][sequences.get(0).length()];
    give(sequences, lastText(sequences) + 1, Range.TEXT, found, cancelled);
    for (int row = 0; row < rows; row++) {
      for (double logProbability : found[row]) {
        likelihoods[row] += logProbability;
      }
    }
    return likelihoods;
  }

  /** The last input of reversed sequences whose text counts; pads may follow. */
  private int lastText(List<TokenSequence> sequences) {
    int last = lastWeighted(sequences);
    return last < decoder.config().imageLength() ? -1 : last;
  }

  /** The last input that is worth giving: pads may follow. */
  private static int lastWeighted(List<TokenSequence> sequences) {
    int last = sequences.get(0).length() - 1;
    while (last >= 0 && !anyWeighted(sequences, last)) {
      last--;
    }
    return last;
  }

  private static boolean anyWeighted(List<TokenSequence> sequences, int index) {
    return sequences.stream().anyMatch(sequence -> sequence.weights()[index] != 0);
  }
}
