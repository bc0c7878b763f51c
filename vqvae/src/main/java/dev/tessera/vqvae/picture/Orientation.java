package dev.tessera.vqvae.picture;

/** How stored pixels must be turned to stand upright: the EXIF tag 0x0112, values 1 to 8. */
public enum Orientation {
  NORMAL(false, false, false),
  FLIP_HORIZONTAL(false, false, true),
  ROTATE_180(false, true, true),
  FLIP_VERTICAL(false, true, false),
  TRANSPOSE(true, false, false),
  /** A quarter turn clockwise: what an upright phone stores. */
  ROTATE_90(true, true, false),
  TRANSVERSE(true, true, true),
  ROTATE_270(true, false, true);

  private static final Orientation[] BY_TAG = values();

  private final boolean transposes;
  private final boolean flipsRows;
  private final boolean flipsColumns;

  Orientation(boolean transposes, boolean flipsRows, boolean flipsColumns) {
    this.transposes = transposes;
    this.flipsRows = flipsRows;
    this.flipsColumns = flipsColumns;
  }

  /** The orientation of a tag value; {@link #NORMAL} for values that EXIF does not define. */
  public static Orientation ofTag(int value) {
    return value >= 1 && value <= BY_TAG.length ? BY_TAG[value - 1] : NORMAL;
  }

  /** Whether rows become columns. */
  public boolean transposes() {
    return transposes;
  }

  /** The picture upright. */
  public Rgb apply(Rgb stored) {
    if (this == NORMAL) {
      return stored;
    }
    int height = transposes ? stored.width() : stored.height();
    int width = transposes ? stored.height() : stored.width();
    byte[] upright = new byte[stored.pixels().length];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int row = transposes ? x : y;
        int column = transposes ? y : x;
        row = flipsRows ? stored.height() - 1 - row : row;
        column = flipsColumns ? stored.width() - 1 - column : column;
        System.arraycopy(stored.pixels(), (row * stored.width() + column) * 3, upright, at, 3);
        at += 3;
      }
    }
    return new Rgb(height, width, upright);
  }
}
