package dev.tessera.vqvae.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A contact sheet: pictures in rows, each with a caption under it if there are captions.
 *
 * @param columns pictures side by side, 1 to {@value #MAXIMUM_COLUMNS}
 * @param zoom screen pixels for each picture pixel along a side, 1 to 32, nearest neighbour
 * @param margin screen pixels around every cell, 0 to 256
 * @param captionLines lines of text under a picture at most, 0 to 8; longer captions end in "…"
 */
public record PictureGrid(int columns, int zoom, int margin, int captionLines) {
  /** Most pictures side by side. */
  public static final int MAXIMUM_COLUMNS = 256;

  /** Larger sheets are refused; the screen pixels of 16,384 × 16,384. */
  private static final long MAXIMUM_PIXELS = 1L << 28;

  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

  public PictureGrid {
    require("columns", columns, 1, MAXIMUM_COLUMNS);
    require("zoom", zoom, 1, 32);
    require("margin", margin, 0, 256);
    require("captionLines", captionLines, 0, 8);
  }

  /** A sheet without text. */
  public static PictureGrid plain(int columns, int zoom) {
    return new PictureGrid(columns, zoom, 4, 0);
  }

  /** A sheet with captions of up to three lines. */
  public static PictureGrid captioned(int columns, int zoom) {
    return new PictureGrid(columns, zoom, 6, 3);
  }

  /**
   * Draws the sheet.
   *
   * @param pictures at least one, all of one size
   * @param captions one for each picture, or none at all
   */
  public BufferedImage draw(List<Rgb> pictures, List<String> captions) {
    if (pictures.isEmpty() || (!captions.isEmpty() && captions.size() != pictures.size())) {
      throw new IllegalArgumentException(
          "a grid needs pictures and as many captions or none, but there are "
              + pictures.size()
              + " pictures and "
              + captions.size()
              + " captions");
    }
    int cellHeight = pictures.get(0).height() * zoom;
    int cellWidth = pictures.get(0).width() * zoom;
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + across - 1) / across;
    boolean labelled = captionLines > 0 && !captions.isEmpty();
    int lineHeight = labelled ? lineHeight() : 0;
    int textHeight = labelled ? captionLines * lineHeight + 2 : 0;
    long width = margin + (long) across * (cellWidth + margin);
    long height = margin + (long) down * (cellHeight + textHeight + margin);
    if (width * height > MAXIMUM_PIXELS) {
      throw new IllegalArgumentException(
          String.format("a grid of %d × %d pixels is too large to draw", width, height));
    }
    BufferedImage sheet = new BufferedImage((int) width, (int) height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setColor(new Color(0xE8E8E8));
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      for (int i = 0; i < pictures.size(); i++) {
        int left = margin + i % across * (cellWidth + margin);
        int top = margin + i / across * (cellHeight + textHeight + margin);
        Rgb picture = requireSize(pictures.get(i), pictures.get(0));
        graphics.drawImage(picture.toImage(), left, top, cellWidth, cellHeight, null);
        if (labelled) {
          drawCaption(graphics, captions.get(i), left, top + cellHeight, cellWidth, lineHeight);
        }
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  private void drawCaption(
      Graphics2D graphics, String caption, int left, int top, int width, int lineHeight) {
    graphics.setColor(Color.BLACK);
    graphics.setFont(FONT);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    int baseline = top + graphics.getFontMetrics().getAscent() + 1;
    for (String line : wrap(caption, graphics.getFontMetrics(), width)) {
      graphics.drawString(line, left, baseline);
      baseline += lineHeight;
    }
  }

  /** Breaks a caption at spaces; what doesn't fit is cut and ends in an ellipsis. */
  private List<String> wrap(String caption, FontMetrics metrics, int width) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : caption.strip().split("\\s+", -1)) {
      String longer = line.isEmpty() ? word : line + " " + word;
      boolean last = lines.size() == captionLines - 1;
      if (last || line.isEmpty() || metrics.stringWidth(longer) <= width) {
        line = longer;
      } else {
        lines.add(fitting(line, metrics, width));
        line = word;
      }
      if (last && metrics.stringWidth(line) > width) {
        break;
      }
    }
    lines.add(fitting(line, metrics, width));
    return lines;
  }

  private static String fitting(String line, FontMetrics metrics, int width) {
    if (metrics.stringWidth(line) <= width) {
      return line;
    }
    int end = line.length();
    while (end > 0 && metrics.stringWidth(line.substring(0, end) + "…") > width) {
      end = line.offsetByCodePoints(end, -1);
    }
    return line.substring(0, end) + "…";
  }

  private static int lineHeight() {
    Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      return graphics.getFontMetrics(FONT).getHeight();
    } finally {
      graphics.dispose();
    }
  }

  private static Rgb requireSize(Rgb picture, Rgb first) {
    if (picture.height() != first.height() || picture.width() != first.width()) {
      throw new IllegalArgumentException(
          String.format(
              "the pictures of a grid have one size, but there are %d × %d and %d × %d",
              first.height(), first.width(), picture.height(), picture.width()));
    }
    return picture;
  }

  private static void require(String name, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", but must be " + minimum + " to " + maximum);
    }
  }
}
