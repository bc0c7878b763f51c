package dev.tessera.transformer.sequence;

import dev.tessera.transformer.TransformerConfig;
import java.util.function.DoubleUnaryOperator;

/**
 * By how much each pair of channels of a query or key turns at each position: the first half of the
 * pairs with the row, the second half with the column, each from one radian per step down to nearly
 * 1 / 100. The order token and text slots count up rows and columns alike, and the picture's first
 * token comes after them on that diagonal.
 *
 * @param config the model that the angles are for
 */
public record RotaryAngles(TransformerConfig config) {
  /** A base of 10,000 as for texts would leave most pairs unturned on so small grids. */
  private static final double BASE = 100;

  /** Pairs of a head. */
  public int pairs() {
    return config.headWidth() / 2;
  }

  /** The cosine of every angle: [P, pairs], row-major. */
  public float[] cosines() {
    return values(Math::cos);
  }

  /** The sine of every angle: [P, pairs], row-major. */
  public float[] sines() {
    return values(Math::sin);
  }

  private float[] values(DoubleUnaryOperator function) {
    float[] values = new float[new Vocabulary(config).positions() * pairs()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) function.applyAsDouble(angle(i / pairs(), i % pairs()));
    }
    return values;
  }

  /** In radians. */
  double angle(int position, int pair) {
    int half = pairs() / 2;
    double steps = pair < half ? row(position) : column(position);
    return steps * Math.pow(BASE, -1.0 * (pair % half) / half);
  }

  private int row(int position) {
    int slot = position - firstImage();
    return slot < 0 ? position : firstImage() + slot / config.gridWidth();
  }

  private int column(int position) {
    int slot = position - firstImage();
    return slot < 0 ? position : firstImage() + slot % config.gridWidth();
  }

  private int firstImage() {
    return new Vocabulary(config).imagePosition(0);
  }
}
