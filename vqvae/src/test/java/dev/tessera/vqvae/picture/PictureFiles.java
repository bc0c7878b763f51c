package dev.tessera.vqvae.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The contents of picture files, made by hand where ImageIO doesn't write what is needed. */
public final class PictureFiles {
  /** A lossless WebP file of one pixel. */
  private static final String WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";

  private PictureFiles() {}

  /** An image whose pixels are 0xAARRGGBB, one array for each row. */
  public static BufferedImage argb(int[][] rows) {
    BufferedImage image =
        new BufferedImage(rows[0].length, rows.length, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < rows.length; y++) {
      image.setRGB(0, y, rows[y].length, 1, rows[y], 0, rows[y].length);
    }
    return image;
  }

  /** An opaque image of one colour, 0xRRGGBB. */
  public static BufferedImage solid(int height, int width, int colour) {
    return Rgb.solid(height, width, colour).toImage();
  }

  /** Left half red, right half blue, and a green top left quarter. */
  public static BufferedImage corners(int height, int width) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean left = x < width / 2;
        image.setRGB(x, y, left && y < height / 2 ? 0x00FF00 : left ? 0xFF0000 : 0x0000FF);
      }
    }
    return image;
  }

  /** An image of grey samples of 8 bits. */
  public static BufferedImage grey8(int height, int width, int sample) {
    return filled(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), sample);
  }

  /** An image of grey samples of 16 bits. */
  public static BufferedImage grey16(int height, int width, int sample) {
    return filled(new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY), sample);
  }

  /** A palette image whose upper half is the first colour, the lower the second. */
  public static BufferedImage palette(int height, int width, int first, int second) {
    IndexColorModel colours =
        new IndexColorModel(8, 2, new int[] {first, second}, 0, false, -1, DataBuffer.TYPE_BYTE);
    BufferedImage image =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, colours);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, y < height / 2 ? 0 : 1);
      }
    }
    return image;
  }

  private static BufferedImage filled(BufferedImage image, int sample) {
    WritableRaster raster = image.getRaster();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        raster.setSample(x, y, 0, sample);
      }
    }
    return image;
  }

  /** A file as ImageIO writes it. */
  public static byte[] file(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, format, stream)) {
        throw new IOException("no writer for " + format);
      }
    }
    return bytes.toByteArray();
  }

  public static byte[] png(BufferedImage image) throws IOException {
    return file(image, "png");
  }

  /** A CMYK JPEG file as Adobe's programs write it: with their marker, and 255 for no ink. */
  public static byte[] cmykJpeg(int height, int width, int... ink) throws IOException {
    int[] inverted = Arrays.stream(ink).map(value -> 255 - value).toArray();
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 4, null);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        raster.setPixel(x, y, inverted);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), null);
    } finally {
      writer.dispose();
    }
    byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}; // transform 0: CMYK
    return withSegment(bytes.toByteArray(), 0xEE, adobe);
  }

  /** A TIFF structure that holds only the orientation tag. */
  public static byte[] exif(int orientation) {
    return ByteBuffer.allocate(26)
        .put(new byte[] {'M', 'M', 0, 42})
        .putInt(8) // offset of the directory
        .putShort((short) 1) // entries
        .putShort((short) 0x0112)
        .putShort((short) 3) // type: short
        .putInt(1) // count
        .putShort((short) orientation)
        .array();
  }

  /** A JPEG file with an APP1 segment after its start marker. */
  public static byte[] withExif(byte[] jpeg, int orientation) {
    byte[] segment =
        ByteBuffer.allocate(6 + exif(orientation).length)
            .put(new byte[] {'E', 'x', 'i', 'f', 0, 0})
            .put(exif(orientation))
            .array();
    return withSegment(jpeg, 0xE1, segment);
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] segment) {
    return ByteBuffer.allocate(jpeg.length + 4 + segment.length)
        .put(jpeg, 0, 2)
        .put(new byte[] {(byte) 0xFF, (byte) marker})
        .putShort((short) (2 + segment.length))
        .put(segment)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  public static byte[] webp() {
    return Base64.getDecoder().decode(WEBP);
  }

  /** The WebP picture in an extended file with an EXIF chunk. */
  public static byte[] webpWithExif(int orientation) {
    byte[] simple = webp();
    byte[] tiff = exif(orientation);
    int bytes = 12 + 18 + (simple.length - 12) + 8 + tiff.length;
    return ByteBuffer.allocate(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {'R', 'I', 'F', 'F'})
        .putInt(bytes - 8)
        .put(new byte[] {'W', 'E', 'B', 'P', 'V', 'P', '8', 'X'})
        .putInt(10)
        .putInt(0x08) // flags: EXIF
        .put(new byte[6]) // width − 1 and height − 1
        .put(simple, 12, simple.length - 12)
        .put(new byte[] {'E', 'X', 'I', 'F'})
        .putInt(tiff.length)
        .put(tiff)
        .array();
  }

  /** The start of a PNG file that claims a size, and nothing more. */
  public static byte[] pngHeader(int height, int width) {
    byte[] header =
        ByteBuffer.allocate(17)
            .put(new byte[] {'I', 'H', 'D', 'R'})
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    CRC32 crc = new CRC32();
    crc.update(header);
    return ByteBuffer.allocate(8 + 4 + 17 + 4)
        .putLong(0x89504E470D0A1A0AL)
        .putInt(13)
        .put(header)
        .putInt((int) crc.getValue())
        .array();
  }
}
