package dev.tessera.transformer.edit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A mask as people write it: the part of a picture that is to be filled. */
public sealed interface MaskShape {
  /** How shapes are written, for help texts and errors. */
  String SYNTAX = "top:SHARE, bottom:SHARE, left:SHARE, right:SHARE or box:X,Y,W,H";

  /**
   * The shape on a picture of a size.
   *
   * @throws IllegalArgumentException if it does not lie within the picture
   */
  PictureMask on(int height, int width);

  /** A side of a picture. */
  enum Edge {
    TOP,
    BOTTOM,
    LEFT,
    RIGHT
  }

  /**
   * The part of a picture that lies at one edge.
   *
   * @param edge which
   * @param share of the picture, above 0 to 1
   */
  record Side(Edge edge, double share) implements MaskShape {
    public Side {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "the share of a mask is " + share + ", but must be above 0 to 1");
      }
    }

    @Override
    public PictureMask on(int height, int width) {
      int rows = part(height);
      int columns = part(width);
      return switch (edge) {
        case TOP -> new Box(0, 0, width, rows).on(height, width);
        case BOTTOM -> new Box(0, height - rows, width, rows).on(height, width);
        case LEFT -> new Box(0, 0, columns, height).on(height, width);
        case RIGHT -> new Box(width - columns, 0, columns, height).on(height, width);
      };
    }

    private int part(int side) {
      return Math.max(1, (int) Math.round(share * side));
    }
  }

  /**
   * A rectangle, in pixels of the picture.
   *
   * @param left first column, from 0
   * @param top first row, from 0
   * @param columns at least 1
   * @param rows at least 1
   */
  record Box(int left, int top, int columns, int rows) implements MaskShape {
    public Box {
      if (left < 0 || top < 0 || columns < 1 || rows < 1) {
        throw new IllegalArgumentException(
            "a mask's box is at %d,%d and has %d × %d pixels, but must have one at least"
                .formatted(left, top, columns, rows));
      }
    }

    @Override
    public PictureMask on(int height, int width) {
      if ((long) left + columns > width || (long) top + rows > height) {
        throw new IllegalArgumentException(
            "the mask's box at %d,%d has %d × %d pixels, which reaches beyond the %d × %d pixels of"
                    .formatted(left, top, columns, rows, width, height)
                + " the picture");
      }
      boolean[] filled = new boolean[Math.multiplyExact(height, width)];
      for (int row = top; row < top + rows; row++) {
        for (int column = left; column < left + columns; column++) {
          filled[row * width + column] = true;
        }
      }
      return new PictureMask(height, width, filled);
    }
  }

  /**
   * Reads a shape.
   *
   * @param text such as {@code top:0.5}
   * @return nothing if the text does not begin as a shape does; it is a file's name then
   * @throws IllegalArgumentException if it begins so, but is not one
   */
  static Optional<MaskShape> parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1);
    return switch (kind) {
      case "top" -> Optional.of(new Side(Edge.TOP, share(text, rest)));
      case "bottom" -> Optional.of(new Side(Edge.BOTTOM, share(text, rest)));
      case "left" -> Optional.of(new Side(Edge.LEFT, share(text, rest)));
      case "right" -> Optional.of(new Side(Edge.RIGHT, share(text, rest)));
      case "box" -> Optional.of(box(text, List.of(rest.split(",", -1))));
      default -> Optional.empty();
    };
  }

  private static double share(String text, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw malformed(text, e);
    }
  }

  private static Box box(String text, List<String> numbers) {
    List<Integer> sides;
    try {
      sides = numbers.stream().map(String::strip).map(Integer::parseInt).toList();
    } catch (NumberFormatException e) {
      throw malformedBox(text, e);
    }
    if (sides.size() != 4) {
      throw malformedBox(text, null);
    }
    return new Box(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
  }

  private static IllegalArgumentException malformedBox(String text, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "the mask is \"" + text + "\", but box:X,Y,W,H needs four whole numbers of pixels", cause);
  }

  private static IllegalArgumentException malformed(String text, Throwable cause) {
    return new IllegalArgumentException(
        "the mask is \"" + text + "\", but must be a file or " + SYNTAX, cause);
  }
}
