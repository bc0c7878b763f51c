package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {
  private static final PictureConfig SMALL = PictureConfig.square(8);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
  void readsEveryFormatThatItNames(String format) throws IOException {
    byte[] file = PictureFiles.file(PictureFiles.solid(10, 20, 0xFFFFFF), format);

    DecodedPicture picture = PictureDecoder.decode("white", file, SMALL);

    assertThat(picture.format()).isEqualTo(format);
    assertThat(picture.height()).isEqualTo(10);
    assertThat(picture.width()).isEqualTo(20);
    assertThat(Pictures.prepare(picture, SMALL).pixels()).containsOnly((byte) 255);
  }

  @Test
  void readsWebp() throws IOException {
    DecodedPicture picture = PictureDecoder.decode("tiny.webp", PictureFiles.webp(), SMALL);

    assertThat(picture.format()).isEqualTo("webp");
    assertThat(picture.height()).isEqualTo(1);
    assertThat(picture.width()).isEqualTo(1);
  }

  @Test
  void tellsColourModesApart() throws IOException {
    assertThat(mode(PictureFiles.png(PictureFiles.solid(2, 2, 0x123456))))
        .isEqualTo(ColourMode.RGB);
    assertThat(mode(PictureFiles.png(PictureFiles.argb(new int[][] {{0x80FF0000}}))))
        .isEqualTo(ColourMode.RGBA);
    assertThat(mode(PictureFiles.png(PictureFiles.grey8(2, 2, 128)))).isEqualTo(ColourMode.GREY);
    assertThat(mode(PictureFiles.png(PictureFiles.grey16(2, 2, 128)))).isEqualTo(ColourMode.GREY);
    assertThat(mode(PictureFiles.png(PictureFiles.palette(2, 2, 0xFF0000, 0x00FF00))))
        .isEqualTo(ColourMode.PALETTE);
  }

  private static ColourMode mode(byte[] file) throws IOException {
    return PictureDecoder.decode("picture", file, SMALL).mode();
  }

  @Test
  void theContentDecidesOnTheFormatAndNotTheName() throws IOException {
    Path file = folder.resolve("photo.png");
    Files.write(file, PictureFiles.file(PictureFiles.solid(9, 9, 0x00FF00), "jpeg"));

    assertThat(PictureDecoder.decode(file, SMALL).format()).isEqualTo("jpeg");
  }

  @Test
  void refusesAHugeClaimBeforeDecoding() {
    assertThatThrownBy(
            () -> PictureDecoder.decode("bomb.png", PictureFiles.pngHeader(60000, 60000), SMALL))
        .isInstanceOf(BrokenPictureException.class)
        .hasMessage("bomb.png: 60000 × 60000 pixels, but at most 100,000,000 in all are read");
  }

  @Test
  void refusesAHugeFileBeforeReadingIt() throws IOException {
    Path file = folder.resolve("huge.png");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(PictureDecoder.MAXIMUM_BYTES + 1);
    }

    assertThatThrownBy(() -> PictureDecoder.decode(file, SMALL))
        .isInstanceOf(BrokenPictureException.class)
        .hasMessageContaining("268,435,457 bytes, but at most 268,435,456 are read");
  }

  @Test
  void refusesWhatIsNoPicture() {
    byte[] text = "a letter to nobody".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> PictureDecoder.decode("note.png", text, SMALL))
        .isInstanceOf(BrokenPictureException.class)
        .hasMessageStartingWith("note.png: not a picture in a format that is read (png, jpeg");
    assertThatThrownBy(() -> PictureDecoder.decode("none.png", new byte[0], SMALL))
        .hasMessage("none.png: the file is empty");
    assertThatThrownBy(() -> PictureDecoder.decode(folder.resolve("missing.png"), SMALL))
        .hasMessage("missing.png: there is no such file");
  }

  @Test
  void refusesAFormatThatIsNotOnTheList() throws IOException {
    byte[] tiff = PictureFiles.file(PictureFiles.solid(4, 4, 0xFF0000), "tiff");

    assertThatThrownBy(() -> PictureDecoder.decode("scan.tiff", tiff, SMALL))
        .hasMessageContaining("not a picture in a format that is read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
  void refusesATruncatedFile(String format) throws IOException {
    byte[] whole = PictureFiles.file(noise(64, 64), format);
    byte[] half = Arrays.copyOf(whole, whole.length / 2);

    assertThatThrownBy(() -> PictureDecoder.decode("half", half, SMALL))
        .isInstanceOf(BrokenPictureException.class)
        .hasMessageContaining("a damaged " + format + " file");
  }

  @Test
  void damagedFilesAreReadOrRefusedButNothingElse() throws IOException {
    long seed = 20240607;
    Random random = new Random(seed);
    List<byte[]> files = new ArrayList<>();
    for (String format : List.of("png", "jpeg", "gif", "bmp")) {
      files.add(PictureFiles.file(noise(24, 24), format));
    }
    files.add(PictureFiles.png(PictureFiles.palette(24, 24, 0xFF0000, 0x00FF00)));
    files.add(PictureFiles.webpWithExif(6));
    files.add(PictureFiles.withExif(PictureFiles.file(noise(24, 24), "jpeg"), 6));
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      byte[] damaged = files.get(round % files.size()).clone();
      for (int i = random.nextInt(6); i >= 0; i--) {
        int at = random.nextInt(Math.min(damaged.length, 400));
        damaged[at] = (byte) random.nextInt(256);
      }
      try {
        Pictures.read("damaged", damaged, SMALL);
      } catch (BrokenPictureException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(refused).isBetween(50, 599);
  }

  private static BufferedImage noise(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    new Random(1).nextBytes(pixels);
    return new Rgb(height, width, pixels).toImage();
  }

  @Test
  void subsamplesOnlyWhatIsHugeAndFarAboveTheTarget() {
    assertThat(PictureDecoder.subsampling(4000, 4000, 64, 64)).isEqualTo(1);
    assertThat(PictureDecoder.subsampling(8000, 8000, 64, 64)).isEqualTo(2);
    assertThat(PictureDecoder.subsampling(8000, 8000, 1024, 1024)).isEqualTo(1);
    assertThat(PictureDecoder.subsampling(100_000, 300, 64, 64)).isEqualTo(1);
  }

  @Test
  void readsAHugePictureBySubsampling() throws IOException {
    byte[] file = PictureFiles.png(PictureFiles.palette(6000, 6000, 0xFF0000, 0x0000FF));

    DecodedPicture picture = PictureDecoder.decode("huge.png", file, SMALL);

    assertThat(picture.height()).isEqualTo(6000);
    assertThat(picture.image().getHeight()).isEqualTo(3000);
    Rgb small = Pictures.prepare(picture, SMALL);
    assertThat(small.colour(0, 0)).isEqualTo(0xFF0000);
    assertThat(small.colour(7, 7)).isEqualTo(0x0000FF);
  }
}
