package dev.tessera.transformer.sequence;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Draws holes for training, of all sizes: boxes and what surrounds them, parts from each side, and
 * tokens here and there. Whoever fills pictures asks for the first two; the last makes a model that
 * copes with holes of any shape, and is what varying pictures asks for.
 *
 * @param height tokens from top to bottom
 * @param width tokens from left to right
 */
public record Holes(int height, int width) {

  /**
   * Which slots are known, in raster order; at least one is not.
   *
   * @param random what is drawn from
   */
  public boolean[] draw(RandomGenerator random) {
    boolean[] known =
        switch (random.nextInt(5)) {
          case 0, 1 -> box(random);
          case 2 -> inverted(box(random));
          case 3 -> side(random);
          default -> scattered(random);
        };
    boolean allKnown = true;
    for (boolean one : known) {
      allKnown &= one;
    }
    return allKnown ? new boolean[known.length] : known;
  }

  private boolean[] box(RandomGenerator random) {
    int rows = 1 + random.nextInt(height);
    int columns = 1 + random.nextInt(width);
    return box(
        random.nextInt(height - rows + 1), random.nextInt(width - columns + 1), rows, columns);
  }

  private boolean[] side(RandomGenerator random) {
    int rows = 1 + random.nextInt(height);
    int columns = 1 + random.nextInt(width);
    return switch (random.nextInt(4)) {
      case 0 -> box(0, 0, rows, width);
      case 1 -> box(height - rows, 0, rows, width);
      case 2 -> box(0, 0, height, columns);
      default -> box(0, width - columns, height, columns);
    };
  }

  private boolean[] scattered(RandomGenerator random) {
    double share = random.nextDouble();
    boolean[] known = new boolean[height * width];
    for (int slot = 0; slot < known.length; slot++) {
      known[slot] = random.nextDouble() >= share;
    }
    return known;
  }

  /**
   * A rectangle as the hole.
   *
   * @param top first row of the hole
   * @param left first column of the hole
   * @param rows of the hole, from 1 to what is left below {@code top}
   * @param columns of the hole, from 1 to what is left beside {@code left}
   */
  public boolean[] box(int top, int left, int rows, int columns) {
    boolean[] known = new boolean[height * width];
    Arrays.fill(known, true);
    for (int row = top; row < top + rows; row++) {
      Arrays.fill(known, row * width + left, row * width + left + columns, false);
    }
    return known;
  }

  private static boolean[] inverted(boolean[] known) {
    boolean[] inverted = new boolean[known.length];
    for (int slot = 0; slot < known.length; slot++) {
      inverted[slot] = !known[slot];
    }
    return inverted;
  }
}
