package dev.tessera.transformer.evaluation.feature;

import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.random.RandomGenerator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * What pictures lose on the way through any codec of few bits, without that of a model: a picture
 * goes through JPEG at a random quality, is mixed with its blurred copy (the binomial kernel of 3 ×
 * 3) by a random share, and each of its numbers gets normal noise. Who learns from such copies,
 * too, does not take the traces of a codec for a way of drawing.
 */
public final class Softening {
  /** Qualities of JPEG, between which the logarithm is drawn. */
  private static final double WORST = 0.06;

  private static final double BEST = 0.9;

  /** JPEG's blocks, against which pictures are shifted at random. */
  private static final int BLOCK = 8;

  /** Standard deviation of the noise at most, in levels of 8 bits. */
  private static final double NOISE = 3;

  private static final int RGB = 3;

  private Softening() {}

  /** A softened copy of a picture. */
  public static Rgb of(Rgb picture, RandomGenerator random) {
    byte[] from = compressed(picture, random);
    double blurred = random.nextDouble();
    double noise = NOISE * random.nextDouble();
    byte[] to = new byte[from.length];
    int line = picture.width() * RGB;
    for (int i = 0; i < from.length; i++) {
      int column = i % line / RGB;
      int left = column > 0 ? -RGB : 0;
      int right = column < picture.width() - 1 ? RGB : 0;
      int above = i >= line ? i - line : i;
      int below = i + line < from.length ? i + line : i;
      double mean =
          (row(from, above, left, right)
                  + 2 * row(from, i, left, right)
                  + row(from, below, left, right))
              / 16.0;
      double value =
          (1 - blurred) * (from[i] & 0xFF) + blurred * mean + noise * random.nextGaussian();
      to[i] = (byte) Math.max(0, Math.min(255, Math.round(value)));
    }
    return new Rgb(picture.height(), picture.width(), to);
  }

  private static int row(byte[] pixels, int centre, int left, int right) {
    return (pixels[centre + left] & 0xFF)
        + 2 * (pixels[centre] & 0xFF)
        + (pixels[centre + right] & 0xFF);
  }

  /** The pixels after JPEG, whose blocks begin anywhere; edge pixels fill what lies outside. */
  private static byte[] compressed(Rgb picture, RandomGenerator random) {
    int down = random.nextInt(BLOCK);
    int right = random.nextInt(BLOCK);
    double quality = WORST * Math.pow(BEST / WORST, random.nextDouble());
    BufferedImage shifted =
        new BufferedImage(
            picture.width() + BLOCK, picture.height() + BLOCK, BufferedImage.TYPE_INT_RGB);
    byte[] pixels = picture.pixels();
    for (int y = 0; y < shifted.getHeight(); y++) {
      int row = Math.max(0, Math.min(picture.height() - 1, y - down));
      for (int x = 0; x < shifted.getWidth(); x++) {
        int column = Math.max(0, Math.min(picture.width() - 1, x - right));
        int i = (row * picture.width() + column) * RGB;
        shifted.setRGB(
            x, y, (pixels[i] & 0xFF) << 16 | (pixels[i + 1] & 0xFF) << 8 | (pixels[i + 2] & 0xFF));
      }
    }
    BufferedImage back = throughJpeg(shifted, quality);
    byte[] lossy = new byte[pixels.length];
    for (int i = 0; i < lossy.length; i += RGB) {
      int place = i / RGB;
      int colour = back.getRGB(place % picture.width() + right, place / picture.width() + down);
      lossy[i] = (byte) (colour >> 16);
      lossy[i + 1] = (byte) (colour >> 8);
      lossy[i + 2] = (byte) colour;
    }
    return lossy;
  }

  private static BufferedImage throughJpeg(BufferedImage image, double quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality((float) quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
      out.flush();
      // A stream of bytes would be read through a file for each picture.
      return ImageIO.read(
          new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written but memory
    } finally {
      writer.dispose();
    }
  }
}
