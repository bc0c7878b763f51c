package dev.tessera.vqvae.model;

import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Reconstructs pictures of any size at their own resolution: tiles of the model's size that overlap
 * by a quarter or more, each reconstructed alone, and blended where they overlap. The weight of a
 * pixel falls linearly towards the border of its tile. A side that is shorter than the tile's is
 * lengthened by its last pixels meanwhile.
 */
public final class Tiling {
  private static final int RGB = 3;
  private static final int PORTION = 64;

  private final int tileHeight;
  private final int tileWidth;
  private final UnaryOperator<List<Rgb>> reconstruction;

  /**
   * @param tileHeight rows of a tile
   * @param tileWidth columns of a tile
   * @param reconstruction of tiles, one for each
   */
  Tiling(int tileHeight, int tileWidth, UnaryOperator<List<Rgb>> reconstruction) {
    this.tileHeight = tileHeight;
    this.tileWidth = tileWidth;
    this.reconstruction = reconstruction;
  }

  /** Tiles of a model's size, which it encodes and decodes. */
  public static Tiling of(PictureCodec codec, PictureEncoder encoder) {
    return new Tiling(
        codec.config().picture().height(),
        codec.config().picture().width(),
        tiles -> codec.decode(encoder.encode(tiles.size(), tiles::get)));
  }

  /** The reconstruction of a picture, of the same size. */
  public Rgb reconstruct(Rgb picture) {
    int[] tops = starts(picture.height(), tileHeight);
    int[] lefts = starts(picture.width(), tileWidth);
    Blend blend = new Blend(picture.height(), picture.width());
    List<Rgb> tiles = new ArrayList<>();
    List<int[]> places = new ArrayList<>();
    for (int top : tops) {
      for (int left : lefts) {
        tiles.add(cut(picture, top, left));
        places.add(new int[] {top, left});
        if (tiles.size() == PORTION) {
          lay(tiles, places, blend);
        }
      }
    }
    lay(tiles, places, blend);
    return blend.result();
  }

  private void lay(List<Rgb> tiles, List<int[]> places, Blend blend) {
    if (!tiles.isEmpty()) {
      List<Rgb> done = reconstruction.apply(List.copyOf(tiles));
      for (int i = 0; i < done.size(); i++) {
        blend.add(done.get(i), places.get(i)[0], places.get(i)[1]);
      }
    }
    tiles.clear();
    places.clear();
  }

  /** Where tiles begin along a side: evenly, the last one ends with it. */
  static int[] starts(int side, int tile) {
    if (side <= tile) {
      return new int[] {0};
    }
    int step = tile - tile / 4;
    int count = (side - tile + step - 1) / step + 1;
    int[] starts = new int[count];
    for (int i = 0; i < count; i++) {
      starts[i] = (int) ((long) i * (side - tile) / (count - 1));
    }
    return starts;
  }

  private Rgb cut(Rgb picture, int top, int left) {
    byte[] pixels = new byte[tileHeight * tileWidth * RGB];
    for (int y = 0; y < tileHeight; y++) {
      int row = Math.min(top + y, picture.height() - 1);
      for (int x = 0; x < tileWidth; x++) {
        int column = Math.min(left + x, picture.width() - 1);
        int from = (row * picture.width() + column) * RGB;
        System.arraycopy(picture.pixels(), from, pixels, (y * tileWidth + x) * RGB, RGB);
      }
    }
    return new Rgb(tileHeight, tileWidth, pixels);
  }

  /** Weighted means of what lies on each pixel. */
  private static final class Blend {
    private final int height;
    private final int width;
    private final float[] sums;
    private final float[] weights;

    Blend(int height, int width) {
      this.height = height;
      this.width = width;
      sums = new float[height * width * RGB];
      weights = new float[height * width];
    }

    void add(Rgb tile, int top, int left) {
      int rows = Math.min(tile.height(), height - top);
      int columns = Math.min(tile.width(), width - left);
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          float weight = weight(y, tile.height()) * weight(x, tile.width());
          int to = (top + y) * width + left + x;
          int from = (y * tile.width() + x) * RGB;
          weights[to] += weight;
          for (int channel = 0; channel < RGB; channel++) {
            sums[to * RGB + channel] += weight * (tile.pixels()[from + channel] & 0xFF);
          }
        }
      }
    }

    private static float weight(int place, int side) {
      return Math.min(place, side - 1 - place) + 1f;
    }

    Rgb result() {
      byte[] pixels = new byte[sums.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) Math.round(sums[i] / weights[i / RGB]);
      }
      return new Rgb(height, width, pixels);
    }
  }
}
