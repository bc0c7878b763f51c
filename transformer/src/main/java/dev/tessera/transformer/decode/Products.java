package dev.tessera.transformer.decode;

/**
 * The matrix products of a step as one member of a team computes them: its own columns of each, of
 * all rows. What a method leaves for other members they may read after the next barrier.
 */
sealed interface Products permits PlainProducts, PackedProducts {
  /** Before a step, on the thread that will do it. */
  void begin();

  /** After a step, on the same thread. */
  void end();

  /** Gives a row of the input of {@link #project}, {@link #up} and {@link #logits}, [D]. */
  void give(int row, float[] values);

  /** Queries, keys and values of the member's own heads. */
  void project(int layer, int rows);

  /** The own channels of what {@link #project} found for a row, into [3D]. */
  void readProjected(int row, float[] target);

  /** Gives the own channels of a row of the input of {@link #out}, [D]. */
  void giveAttended(int row, float[] values);

  /** All rows have been given. */
  void attended(int rows);

  /** From what all members attended to, the own columns of the result. */
  void out(int layer, int rows);

  /** The own columns of the hidden layer, activated. */
  void up(int layer, int rows);

  /** From the hidden columns of all members, the own columns of the result. */
  void down(int layer, int rows);

  /** A whole row of what {@link #out} or {@link #down} found last, into [D]. */
  void readResult(int row, float[] target);

  /** The own columns of the logits. */
  void logits(Range range, int rows, float[][] target);
}
