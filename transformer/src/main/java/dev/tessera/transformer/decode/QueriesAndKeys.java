package dev.tessera.transformer.decode;

import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.HeadNorm;
import dev.tessera.transformer.sequence.RotaryAngles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of queries and keys between their projection and attention, for some of the heads:
 * normalised in each head, then turned by their position, where the model has these. Keys are
 * cached as they are after it.
 */
final class QueriesAndKeys {
  private static final double NORM_EPSILON = 1e-5;

  private final List<Block> blocks;
  private final int width;
  private final int headWidth;
  private final int from;
  private final int to;
  private final float @Nullable [] cosines;
  private final float @Nullable [] sines;

  /**
   * @param from first channel of the first head
   * @param to end of the channels of the last head
   */
  QueriesAndKeys(TransformerConfig config, List<Block> blocks, int from, int to) {
    this.blocks = blocks;
    this.from = from;
    this.to = to;
    width = config.width();
    headWidth = config.headWidth();
    boolean rotary = config.variant().positions() == PositionEncoding.ROTARY;
    cosines = rotary ? new RotaryAngles(config).cosines() : null;
    sines = rotary ? new RotaryAngles(config).sines() : null;
  }

  /** Whether anything becomes of them in any layer. */
  boolean change() {
    return cosines != null || blocks.stream().anyMatch(block -> block.headNorm() != null);
  }

  /**
   * Prepares the own channels of one row.
   *
   * @param position of the row's token
   * @param row queries, keys and values, [3D]
   */
  void prepare(int layer, int position, float[] row) {
    HeadNorm norm = blocks.get(layer).headNorm();
    for (int part = 0; part < 2; part++) {
      for (int head = part * width + from; head < part * width + to; head += headWidth) {
        if (norm != null) {
          normalise(row, head, part == 0 ? norm.queryScale() : norm.keyScale());
        }
        if (cosines != null && sines != null) {
          turn(row, head, position * headWidth / 2, cosines, sines);
        }
      }
    }
  }

  private static void normalise(float[] row, int first, float[] scale) {
    double square = 0;
    for (int c = first; c < first + scale.length; c++) {
      square += (double) row[c] * row[c];
    }
    float inverse = (float) (1 / Math.sqrt(square / scale.length + NORM_EPSILON));
    for (int c = 0; c < scale.length; c++) {
      row[first + c] = row[first + c] * inverse * scale[c];
    }
  }

  private void turn(float[] row, int first, int angles, float[] cosine, float[] sine) {
    int pairs = headWidth / 2;
    for (int i = 0; i < pairs; i++) {
      float a = row[first + i];
      float b = row[first + pairs + i];
      row[first + i] = a * cosine[angles + i] - b * sine[angles + i];
      row[first + pairs + i] = b * cosine[angles + i] + a * sine[angles + i];
    }
  }
}
