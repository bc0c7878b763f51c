package dev.tessera.vqvae.data;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.attributes.ViewBox;
import com.github.weisj.jsvg.parser.SVGLoader;
import dev.tessera.vqvae.picture.BrokenPictureException;
import dev.tessera.vqvae.picture.PictureConfig;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Draws an icon with several pixels for each that a model will see, for exact averaging. */
final class IconRaster {
  private static final int OVERSAMPLING = 4;

  private static final int MAXIMUM_SIDE = 2048;

  private IconRaster() {}

  static BufferedImage draw(String id, IconSet.Icon icon, PictureConfig target) throws IOException {
    String svg =
        String.format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
                + " width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\">%3$s</svg>",
            icon.width(), icon.height(), icon.body());
    SVGDocument document;
    try {
      document =
          new SVGLoader().load(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    } catch (RuntimeException e) {
      throw new BrokenPictureException(id, "a damaged svg (" + e.getMessage() + ")", e);
    }
    if (document == null) {
      throw new BrokenPictureException(id, "no svg that can be drawn");
    }
    int wanted = OVERSAMPLING * Math.max(target.height(), target.width());
    double scale = (double) Math.min(wanted, MAXIMUM_SIDE) / Math.min(icon.height(), icon.width());
    int height = (int) Math.round(icon.height() * scale);
    int width = (int) Math.round(icon.width() * scale);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      document.render(null, graphics, new ViewBox(0, 0, width, height));
    } catch (RuntimeException e) {
      throw new BrokenPictureException(id, "an svg that cannot be drawn (" + e + ")", e);
    } finally {
      graphics.dispose();
    }
    return image;
  }
}
