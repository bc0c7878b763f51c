package dev.tessera.peer;

/**
 * The size of a discrete auto-encoder whose sides are halved three times.
 *
 * @param side pixels of a picture along each side
 * @param hidden channels of the convolutions
 * @param blocks residual blocks on either side
 * @param codes to choose from
 * @param codeChannels channels of a code
 * @param batch pictures at once
 */
record VaeShape(int side, int hidden, int blocks, int codes, int codeChannels, int batch) {
  static final int HALVINGS = 3;

  /** The shape that the benchmarks vqvae/… mean. */
  static final VaeShape STANDARD = new VaeShape(64, 128, 1, 1024, 256, 32);

  /** For trying the comparison out. */
  static final VaeShape TINY = new VaeShape(16, 16, 1, 32, 16, 4);

  /** Codes along each side of a picture. */
  int grid() {
    return side >> HALVINGS;
  }
}
