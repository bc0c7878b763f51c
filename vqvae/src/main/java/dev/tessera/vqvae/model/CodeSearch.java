package dev.tessera.vqvae.model;

import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Chooses codes by what they decode to, as speech coders do (<i>analysis by synthesis</i>:
 * Schroeder, Atal, <i>Code-excited linear prediction</i>, ICASSP 1985). The encoder chooses all
 * codes of a picture at once, each without knowing what the others were rounded to; here one code
 * after the other is exchanged for whichever of its {@value #CANDIDATES} nearest neighbours in the
 * codebook brings the decoded picture nearest to the original.
 *
 * <p>Codes {@value #APART} tokens apart in both directions are exchanged at once, each judged by
 * the pixels that are nearer to it than to the next ones. Where the codes so chosen make a picture
 * worse together, none of them is taken: no picture ever gets worse. What a picture becomes does
 * not depend on the others.
 *
 * <p>A sweep takes {@value #APART}² · ({@value #CANDIDATES} + 1) times as long as decoding the
 * pictures once.
 */
public final class CodeSearch implements PictureEncoder {
  /** Sweeps at most; more than a few change next to nothing. */
  public static final int MAXIMUM_SWEEPS = 100;

  /** Half as many find five sixths as much. */
  private static final int CANDIDATES = 16;

  /** Tokens from one that is exchanged to the next: decoders see little further. */
  private static final int APART = 4;

  /** Pictures whose candidates are decoded at once. */
  private static final int PORTION = 32;

  private static final int RGB = 3;
  private static final int BYTE = 0xff;

  private final PictureCodec codec;
  private final VqvaeConfig config;
  private final int sweeps;
  private final int candidates;
  private final int[][] neighbours;

  /**
   * @param codec encodes and decodes; stays open
   * @param sweeps how often each code is reconsidered, 0 to {@value #MAXIMUM_SWEEPS}; none is what
   *     the encoder says
   */
  public CodeSearch(PictureCodec codec, int sweeps) {
    if (sweeps < 0 || sweeps > MAXIMUM_SWEEPS) {
      throw new IllegalArgumentException(
          "sweeps is " + sweeps + ", but must be 0 to " + MAXIMUM_SWEEPS);
    }
    this.codec = codec;
    this.config = codec.config();
    this.sweeps = sweeps;
    int codes = config.quantiser().codebookSize();
    candidates = Math.min(CANDIDATES, codes - 1);
    neighbours = sweeps == 0 ? new int[0][] : neighbours(codec.codebook(), codes, candidates);
  }

  /** Of each code the codes that are nearest to it by Euclidean distance, nearest first. */
  private static int[][] neighbours(float[] codebook, int codes, int count) {
    int channels = codebook.length / codes;
    int[][] nearest = new int[codes][];
    for (int code = 0; code < codes; code++) {
      double[] distances = new double[codes];
      for (int other = 0; other < codes; other++) {
        for (int c = 0; c < channels; c++) {
          double difference = codebook[code * channels + c] - codebook[other * channels + c];
          distances[other] += difference * difference;
        }
      }
      int own = code;
      nearest[code] =
          IntStream.range(0, codes)
              .filter(other -> other != own)
              .boxed()
              .sorted(Comparator.comparingDouble(other -> distances[other]))
              .limit(count)
              .mapToInt(Integer::intValue)
              .toArray();
    }
    return nearest;
  }

  @Override
  public int[][] encode(int count, IntFunction<Rgb> pictures) {
    int[][] codes = new int[count][];
    for (int start = 0; start < count; start += PORTION) {
      List<Rgb> portion =
          IntStream.range(start, Math.min(count, start + PORTION)).mapToObj(pictures).toList();
      int[][] own = codec.encode(portion.size(), portion::get);
      improve(portion, own);
      System.arraycopy(own, 0, codes, start, own.length);
    }
    return codes;
  }

  private void improve(List<Rgb> pictures, int[][] codes) {
    if (sweeps == 0) {
      return;
    }
    List<Rgb> decoded = codec.decode(codes);
    for (int sweep = 0; sweep < sweeps; sweep++) {
      for (int phase = 0; phase < APART * APART; phase++) {
        List<Area> areas = areas(phase / APART, phase % APART);
        decoded = areas.isEmpty() ? decoded : exchange(pictures, codes, decoded, areas);
      }
    }
  }

  /**
   * Reconsiders some codes of each picture.
   *
   * @param codes improved in place
   * @param decoded what they are now
   * @param areas of the codes
   * @return what they are then
   */
  private List<Rgb> exchange(
      List<Rgb> pictures, int[][] codes, List<Rgb> decoded, List<Area> areas) {
    int[][] tried = new int[codes.length * candidates][];
    for (int i = 0; i < tried.length; i++) {
      int[] own = codes[i / candidates];
      tried[i] = own.clone();
      for (Area area : areas) {
        tried[i][area.token()] = neighbours[own[area.token()]][i % candidates];
      }
    }
    List<Rgb> shown = codec.decode(tried);
    int[][] chosen = new int[codes.length][];
    for (int i = 0; i < codes.length; i++) {
      chosen[i] = codes[i].clone();
      for (Area area : areas) {
        long least = area.error(pictures.get(i), decoded.get(i));
        for (int at = i * candidates; at < (i + 1) * candidates; at++) {
          long error = area.error(pictures.get(i), shown.get(at));
          if (error < least) {
            least = error;
            chosen[i][area.token()] = tried[at][area.token()];
          }
        }
      }
    }
    return taken(pictures, codes, decoded, chosen);
  }

  /** Takes what was chosen where it makes a picture better. */
  private List<Rgb> taken(List<Rgb> pictures, int[][] codes, List<Rgb> decoded, int[][] chosen) {
    Area whole = new Area(0, 0, 0, config.picture().height(), config.picture().width());
    List<Rgb> then = codec.decode(chosen);
    List<Rgb> kept = new ArrayList<>(decoded);
    for (int i = 0; i < codes.length; i++) {
      Rgb picture = pictures.get(i);
      if (whole.error(picture, then.get(i)) < whole.error(picture, decoded.get(i))) {
        codes[i] = chosen[i];
        kept.set(i, then.get(i));
      }
    }
    return kept;
  }

  /**
   * The pixels that a token is judged by.
   *
   * @param token its place in raster order
   * @param top first row of pixels
   * @param left first column
   * @param bottom row after the last
   * @param right column after the last
   */
  private record Area(int token, int top, int left, int bottom, int right) {
    /** The sum of the squared differences of their levels. */
    long error(Rgb one, Rgb other) {
      byte[] a = one.pixels();
      byte[] b = other.pixels();
      long sum = 0;
      for (int row = top; row < bottom; row++) {
        int start = row * one.width();
        for (int i = RGB * (start + left); i < RGB * (start + right); i++) {
          int difference = (a[i] & BYTE) - (b[i] & BYTE);
          sum += (long) difference * difference;
        }
      }
      return sum;
    }
  }

  /** One for each token at rows and columns {@value #APART} apart: all of the picture, once. */
  private List<Area> areas(int firstRow, int firstColumn) {
    List<Area> areas = new ArrayList<>();
    int side = config.downsampling();
    int around = (APART - 1) * side / 2;
    int height = config.picture().height();
    int width = config.picture().width();
    for (int row = firstRow; row < config.gridHeight(); row += APART) {
      for (int column = firstColumn; column < config.gridColumns(); column += APART) {
        boolean lowest = row + APART >= config.gridHeight();
        boolean rightmost = column + APART >= config.gridColumns();
        int top = row * side - around;
        int left = column * side - around;
        areas.add(
            new Area(
                row * config.gridColumns() + column,
                row < APART ? 0 : top,
                column < APART ? 0 : left,
                lowest ? height : top + APART * side,
                rightmost ? width : left + APART * side));
      }
    }
    return areas;
  }
}
