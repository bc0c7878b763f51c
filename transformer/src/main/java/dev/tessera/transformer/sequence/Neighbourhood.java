package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

/**
 * The known tokens around the place that an input predicts: those that lie at most so many rows and
 * columns away, and have been inputs before or are the input itself. In raster order they lie above
 * and to the left; where holes are filled they may lie anywhere. So a place is predicted from what
 * is around it in one and the same way, whatever the order.
 *
 * @param config the model that the tokens are for
 */
public record Neighbourhood(TransformerConfig config) {
  /** Id of a neighbour that is not known or lies outside of the picture. */
  public static final int UNKNOWN = 0;

  /** Channels of a neighbour's embedding: as little as a code needs to be told from the others. */
  public static final int CHANNELS = 16;

  /** Neighbours of a place: a square without its centre; 0 where the model has none. */
  public int size() {
    int side = 2 * radius() + 1;
    return side * side - 1;
  }

  /** Ids that a neighbour may have: {@link #UNKNOWN}, then one for each code. */
  public int ids() {
    return 1 + config.imageVocabulary();
  }

  /**
   * Of each input of a sequence the ids of its neighbours, square by square from the top left.
   *
   * @param tokens T token ids
   * @param positions their T positions
   * @param targetPositions T positions that are predicted
   * @param ids gets T · {@link #size} of them
   * @param first where in ids they begin
   */
  public void fill(int[] tokens, int[] positions, int[] targetPositions, int[] ids, int first) {
    Seen seen = nothing();
    for (int i = 0; i < tokens.length; i++) {
      seen.add(tokens[i], positions[i]);
      seen.around(targetPositions[i], ids, first + i * size());
    }
  }

  /** A picture of which nothing is known yet. */
  public Seen nothing() {
    return new Seen();
  }

  private int radius() {
    return config.variant().neighbourhood();
  }

  /** The picture of a sequence as far as it is known. */
  public final class Seen {
    private final Vocabulary vocabulary = new Vocabulary(config);
    private final int[] ids = new int[radius() > 0 ? config.imageLength() : 0];

    /** Forgets everything. */
    public void clear() {
      Arrays.fill(ids, UNKNOWN);
    }

    /** Knows what another one knows. */
    public void copy(Seen other) {
      System.arraycopy(other.ids, 0, ids, 0, ids.length);
    }

    /** Adds an input; one that is no image token changes nothing. */
    public void add(int token, int position) {
      boolean isImage = vocabulary.isImagePosition(position) && token >= vocabulary.firstImage();
      if (radius() > 0 && isImage) {
        ids[vocabulary.imageSlot(position)] = 1 + token - vocabulary.firstImage();
      }
    }

    /**
     * The neighbours of a place.
     *
     * @param position of the place; all are unknown if it is no image slot
     * @param neighbours gets {@link #size} ids
     * @param first where in neighbours they begin
     */
    public void around(int position, int[] neighbours, int first) {
      if (!vocabulary.isImagePosition(position)) {
        Arrays.fill(neighbours, first, first + size(), UNKNOWN);
        return;
      }
      int slot = vocabulary.imageSlot(position);
      int row = slot / config.gridWidth();
      int column = slot % config.gridWidth();
      int next = first;
      for (int down = -radius(); down <= radius(); down++) {
        for (int across = -radius(); across <= radius(); across++) {
          if (down != 0 || across != 0) {
            neighbours[next++] = id(row + down, column + across);
          }
        }
      }
    }

    private int id(int row, int column) {
      boolean inside =
          row >= 0 && row < config.gridHeight() && column >= 0 && column < config.gridWidth();
      return inside ? ids[row * config.gridWidth() + column] : UNKNOWN;
    }
  }
}
