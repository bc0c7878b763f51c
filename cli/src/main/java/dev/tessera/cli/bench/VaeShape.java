package dev.tessera.cli.bench;

/**
 * The size of a {@link DiscreteVae}.
 *
 * @param side pixels of a picture along each side, a multiple of 2^halvings
 * @param halvings strided convolutions
 * @param hidden channels of the convolutions
 * @param codes to choose from, K
 * @param codeChannels channels of a code
 * @param batch pictures at once, B
 */
record VaeShape(int side, int halvings, int hidden, int codes, int codeChannels, int batch) {
  /** 32 pictures of 64 × 64 pixels, 8 × 8 of 1,024 codes each. */
  static final VaeShape STANDARD = new VaeShape(64, 3, 128, 1024, 256, 32);

  /** For trying the bench out. */
  static final VaeShape TINY = new VaeShape(16, 3, 16, 32, 16, 4);

  /** The same for another number of pictures. */
  VaeShape withBatch(int pictures) {
    return new VaeShape(side, halvings, hidden, codes, codeChannels, pictures);
  }

  /** Codes along each side of a picture. */
  int grid() {
    return side >> halvings;
  }

  /** Codes of a batch. */
  int vectors() {
    return batch * grid() * grid();
  }

  /** Numbers of a batch of pictures. */
  int subpixels() {
    return batch * side * side * 3;
  }

  /**
   * Floating-point operations of a training step in products and convolutions: 6 for each weight
   * and place where it is used, 2 forward and 4 backward.
   */
  double trainingOperations() {
    double squared = (double) hidden * hidden;
    double encoder = 0;
    double decoder = 0;
    for (int level = 1; level <= halvings; level++) {
      double positions = square(side >> level);
      encoder += positions * 16 * (level == 1 ? 3 : hidden) * hidden;
      decoder += positions * 16 * squared;
    }
    double residual = (9 + 9 + 1) * squared;
    double atGrid = 2 * residual + (double) hidden * (codes + codeChannels);
    double codebook = (double) codes * codeChannels;
    double pixels = square(side) * hidden * 3;
    return 6 * batch * (encoder + decoder + square(grid()) * (atGrid + codebook) + pixels);
  }

  private static double square(double x) {
    return x * x;
  }
}
