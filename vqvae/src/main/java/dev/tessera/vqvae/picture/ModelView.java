package dev.tessera.vqvae.picture;

/** Where a picture of any size lies in the one that a model sees of it. */
public final class ModelView {
  private final int height;
  private final int width;
  private final PictureConfig config;
  private final Resampler.Placement placement;

  /**
   * The view of a picture of {@code height} × {@code width} pixels, which {@link
   * Pictures#prepare(Rgb, PictureConfig)} makes.
   */
  public ModelView(int height, int width, PictureConfig config) {
    this.height = height;
    this.width = width;
    this.config = config;
    this.placement =
        Resampler.Placement.of(height, width, config.height(), config.width(), config.fit());
  }

  /** The picture's pixels for each of the model's, along a side. */
  public double scale() {
    return placement.scale();
  }

  /** Where a row of the picture begins in the model's; the last ends where height begins. */
  public double top(int row) {
    return (row - placement.top()) / placement.scale();
  }

  /** Where a column of the picture begins in the model's; the last ends where width begins. */
  public double left(int column) {
    return (column - placement.left()) / placement.scale();
  }

  /** Whether the model sees the middle of a pixel of the picture. */
  public boolean sees(int row, int column) {
    double y = top(row) + 0.5 / scale();
    double x = left(column) + 0.5 / scale();
    return y >= 0 && y < config.height() && x >= 0 && x < config.width();
  }

  /**
   * A picture of the model's shape brought to that of the picture: enlarged with linear
   * interpolation, or made smaller. Beyond what the model sees, its edge goes on. Where picture and
   * model have one shape, nothing changes.
   */
  public Rgb restore(Rgb made) {
    Bilinear colours = new Bilinear(made);
    byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
    double half = 0.5 / scale() - 0.5;
    for (int row = 0, at = 0; row < height; row++) {
      for (int column = 0; column < width; column++, at += 3) {
        colours.colour(top(row) + half, left(column) + half, pixels, at);
      }
    }
    return new Rgb(height, width, pixels);
  }
}
