package dev.tessera.engine.graph;

/** Which earlier positions of a sequence a layer may attend to. Positions count inputs from 0. */
public enum MaskPattern {
  /** Every earlier position and the position itself. */
  CAUSAL,
  /** The first position and the last {@value #WINDOW}: cheap layers between full ones. */
  LOCAL;

  /** Positions that {@link #LOCAL} reaches back, itself included. */
  public static final int WINDOW = 64;

  /** Whether input position {@code query} may look at input position {@code key}. */
  public boolean attends(int query, int key) {
    if (key > query) {
      return false;
    }
    return switch (this) {
      case CAUSAL -> true;
      case LOCAL -> key == 0 || query - key < WINDOW;
    };
  }
}
