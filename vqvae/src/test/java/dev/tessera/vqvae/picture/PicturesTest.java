package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
  private static final PictureConfig SMALL = PictureConfig.square(8);

  @TempDir Path folder;

  @Test
  void greyMeansTheSameGreyAtAnyDepth() throws IOException {
    assertThat(colour(PictureFiles.png(PictureFiles.grey8(9, 9, 128)))).isEqualTo(0x808080);
    assertThat(colour(PictureFiles.png(PictureFiles.grey16(9, 9, 128 * 257)))).isEqualTo(0x808080);
    assertThat(colour(PictureFiles.png(PictureFiles.grey16(9, 9, 65535)))).isEqualTo(0xFFFFFF);
    assertThat(colour(PictureFiles.file(PictureFiles.grey8(9, 9, 128), "jpeg")))
        .isEqualTo(0x808080);
  }

  @Test
  void greyWithAlphaIsLaidOnTheBackground() {
    BufferedImage image =
        new BufferedImage(
            new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE),
            Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, 1, 2, null),
            false,
            null);
    image.getRaster().setPixel(0, 0, new int[] {100, 51});
    int[] argb = new int[1];

    ArgbRows.of(image).read(0, 0, 1, argb);

    assertThat(argb[0]).isEqualTo(0x33646464);
    assertThat(ColourMode.of(image)).isEqualTo(ColourMode.GREY_ALPHA);
  }

  @Test
  void palettesGiveTheirColours() throws IOException {
    Rgb picture =
        Pictures.read(
            "p", PictureFiles.png(PictureFiles.palette(16, 16, 0x123456, 0xABCDEF)), SMALL);

    assertThat(picture.colour(0, 0)).isEqualTo(0x123456);
    assertThat(picture.colour(7, 0)).isEqualTo(0xABCDEF);
  }

  @Test
  void cmykBecomesRgb() throws IOException {
    int cyan = colour(PictureFiles.cmykJpeg(16, 16, 255, 0, 0, 0));
    int paper = colour(PictureFiles.cmykJpeg(16, 16, 0, 0, 0, 0));

    assertThat(cyan >> 16).isLessThan(0x60);
    assertThat(cyan & 0xFF).isGreaterThan(0xA0);
    assertThat(paper & 0xFF).isGreaterThan(0xF0);
  }

  @Test
  void theFastWayThroughPhotographsGivesWhatAwtGives() {
    Random random = new Random(5);
    BufferedImage image = new BufferedImage(7, 5, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 7; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    int[] argb = new int[4];

    ArgbRows.of(image).read(3, 2, 4, argb);

    assertThat(argb).isEqualTo(image.getRGB(2, 3, 4, 1, null, 0, 4));
  }

  private static int colour(byte[] file) throws IOException {
    Rgb picture = Pictures.read("picture", file, SMALL);
    assertThat(picture.isUniform()).isTrue();
    return picture.colour(0, 0);
  }

  @ParameterizedTest
  @CsvSource({"png, 5", "gif, 1", "bmp, 2"})
  void readsAFileWithAStrangeName(String format, int side) throws IOException {
    Path file = folder.resolve("日本 " + format + " ü.x");
    Files.write(file, PictureFiles.file(PictureFiles.solid(side, side, 0xFF0000), format));

    assertThat(Pictures.read(file, SMALL).colour(7, 7)).isEqualTo(0xFF0000);
  }

  @Test
  void anUprightPhoneStoresItsPictureLyingDown() throws IOException {
    byte[] lying = PictureFiles.file(PictureFiles.corners(64, 128), "jpeg");
    PictureConfig tall = new PictureConfig(16, 8, 0xFFFFFF, PictureConfig.Fit.PAD);

    DecodedPicture decoded =
        PictureDecoder.decode("phone.jpg", PictureFiles.withExif(lying, 6), tall);
    Rgb picture = Pictures.prepare(decoded, tall);

    assertThat(decoded.orientation()).isEqualTo(Orientation.ROTATE_90);
    assertThat(decoded.height()).isEqualTo(128);
    assertThat(decoded.width()).isEqualTo(64);
    // Stored: green top left, red below it, blue right. Turned clockwise: green is top right.
    assertThat(nearest(picture.colour(1, 6))).isEqualTo("green");
    assertThat(nearest(picture.colour(1, 1))).isEqualTo("red");
    assertThat(nearest(picture.colour(14, 4))).isEqualTo("blue");
  }

  private static String nearest(int colour) {
    int red = colour >> 16;
    int green = colour >> 8 & 0xFF;
    int blue = colour & 0xFF;
    return red > green && red > blue ? "red" : green > blue ? "green" : "blue";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void orientationsMoveTheCornersWhereExifSays(int tag) {
    // 1 2
    // 3 4   stored; the rows below are what stands upright, from the EXIF specification.
    String upright =
        switch (tag) {
          case 1 -> "1234";
          case 2 -> "2143";
          case 3 -> "4321";
          case 4 -> "3412";
          case 5 -> "1324";
          case 6 -> "3142";
          case 7 -> "4231";
          default -> "2413";
        };
    byte[] pixels = new byte[12];
    for (int i = 0; i < 12; i++) {
      pixels[i] = (byte) (i / 3 + 1);
    }

    Rgb turned = Orientation.ofTag(tag).apply(new Rgb(2, 2, pixels));

    StringBuilder corners = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      corners.append(turned.colour(i / 2, i % 2) & 0xFF);
    }
    assertThat(corners.toString()).isEqualTo(upright);
  }

  @Test
  void oblongPicturesChangeSidesWhenTurned() {
    Rgb turned =
        Orientation.ROTATE_270.apply(new Rgb(1, 3, new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3}));

    assertThat(turned.height()).isEqualTo(3);
    assertThat(turned.width()).isEqualTo(1);
    assertThat(turned.colour(0, 0)).isEqualTo(0x030303);
  }

  @Test
  void webpFilesHaveOrientationsToo() throws IOException {
    DecodedPicture picture =
        PictureDecoder.decode("turned.webp", PictureFiles.webpWithExif(8), SMALL);

    assertThat(picture.orientation()).isEqualTo(Orientation.ROTATE_270);
  }

  @Test
  void damagedExifDataDoesNotSpoilThePicture() throws IOException {
    byte[] plain = PictureFiles.file(PictureFiles.solid(16, 16, 0xFFFFFF), "jpeg");
    byte[] turned = PictureFiles.withExif(plain, 6);
    // From the TIFF header on: byte order, offset and number of entries, tag, type, count, value.
    for (int at = 12; at < 12 + PictureFiles.exif(6).length; at++) {
      byte[] damaged = turned.clone();
      damaged[at] = (byte) 0xEE;
      assertThat(Pictures.read("damaged.jpg", damaged, SMALL).colour(0, 0)).isEqualTo(0xFFFFFF);
    }
  }

  @Test
  void orientationsThatExifDoesNotDefineAreIgnored() {
    assertThat(ExifOrientation.parse(PictureFiles.exif(6))).isEqualTo(Orientation.ROTATE_90);
    assertThat(ExifOrientation.parse(PictureFiles.exif(0))).isEqualTo(Orientation.NORMAL);
    assertThat(ExifOrientation.parse(PictureFiles.exif(9))).isEqualTo(Orientation.NORMAL);
    assertThat(ExifOrientation.parse(new byte[3])).isEqualTo(Orientation.NORMAL);
  }
}
