package dev.tessera.transformer.sequence;

import java.util.List;

/**
 * Sequences packed for a training step, sequence after sequence.
 *
 * <p>The sum of weight × loss over a batch is the training loss: each modality's role factors are
 * divided by the number of its predictions that count, over the whole batch (section 2.2 of the
 * paper normalises each kind by its own number of tokens).
 *
 * @param size sequences, B, those of padding included
 * @param sequences sequences that are not padding
 * @param length inputs of a sequence, T
 * @param orders B order tokens, the first inputs
 * @param tokens B·T token ids of the inputs
 * @param positions B·T positions of the inputs
 * @param targetPositions B·T positions of the tokens to be predicted
 * @param neighbours B·T times the ids of the {@link Neighbourhood}
 * @param targets B·T token ids to be predicted
 * @param weights B·T weights; 0 for pads, dropped captions and sequences of padding
 * @param modality B·T times {@link #TEXT} or {@link #IMAGE}: what is to be predicted
 * @param textCount predictions of text tokens with a weight
 * @param imageCount predictions of image tokens with a weight
 */
public record Batch(
    int size,
    int sequences,
    int length,
    int[] orders,
    int[] tokens,
    int[] positions,
    int[] targetPositions,
    int[] neighbours,
    int[] targets,
    float[] weights,
    int[] modality,
    int textCount,
    int imageCount) {
  /** Modality of a text token. */
  public static final int TEXT = 0;

  /** Modality of an image token. */
  public static final int IMAGE = 1;

  /**
   * Packs sequences; a short batch is filled with copies of its first sequence that have weight 0.
   *
   * @param sequences 1 to {@code size} sequences of the same length
   */
  public static Batch of(Vocabulary vocabulary, List<TokenSequence> sequences, int size) {
    if (sequences.isEmpty() || sequences.size() > size) {
      throw new IllegalArgumentException(
          "a batch has " + sequences.size() + " sequences, but must have 1 to " + size);
    }
    int length = sequences.get(0).length();
    int total = Math.multiplyExact(size, length);
    int[] orders = new int[size];
    int[] tokens = new int[total];
    int[] positions = new int[total];
    int[] targetPositions = new int[total];
    Neighbourhood neighbourhood = new Neighbourhood(vocabulary.config());
    int[] neighbours = new int[Math.multiplyExact(total, neighbourhood.size())];
    int[] targets = new int[total];
    float[] weights = new float[total];
    for (int row = 0; row < size; row++) {
      boolean padding = row >= sequences.size();
      TokenSequence sequence = sequences.get(padding ? 0 : row);
      if (sequence.length() != length) {
        throw new IllegalArgumentException(
            "sequence " + row + " has " + sequence.length() + " tokens, the first has " + length);
      }
      int start = row * length;
      orders[row] = sequence.tokens()[0];
      System.arraycopy(sequence.tokens(), 0, tokens, start, length);
      System.arraycopy(sequence.positions(), 0, positions, start, length);
      System.arraycopy(sequence.targetPositions(), 0, targetPositions, start, length);
      neighbourhood.fill(
          sequence.tokens(),
          sequence.positions(),
          sequence.targetPositions(),
          neighbours,
          start * neighbourhood.size());
      System.arraycopy(sequence.targets(), 0, targets, start, length);
      if (!padding) {
        System.arraycopy(sequence.weights(), 0, weights, start, length);
      }
    }

    int[] modality = new int[total];
    int textCount = 0;
    int imageCount = 0;
    for (int i = 0; i < total; i++) {
      modality[i] = vocabulary.isImagePosition(targetPositions[i]) ? IMAGE : TEXT;
      if (weights[i] != 0) {
        if (modality[i] == IMAGE) {
          imageCount++;
        } else {
          textCount++;
        }
      }
    }
    for (int i = 0; i < total; i++) {
      if (weights[i] != 0) {
        weights[i] /= modality[i] == IMAGE ? imageCount : textCount;
      }
    }
    return new Batch(
        size,
        sequences.size(),
        length,
        orders,
        tokens,
        positions,
        targetPositions,
        neighbours,
        targets,
        weights,
        modality,
        textCount,
        imageCount);
  }
}
