package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelStoreTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {12, 13, 24, 35, 100, 1 << 20})
  void severalMappingsReadLikeOne(int mappingBytes) throws IOException {
    byte[] bytes = new byte[10 * 12];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Path file = Files.write(folder.resolve("p.bin"), bytes);

    PixelStore store = PixelStore.open(file, 10, 12, mappingBytes);

    byte[] picture = new byte[12];
    for (int i = 0; i < 10; i++) {
      store.read(i, picture);
      assertThat(picture[0]).isEqualTo((byte) (12 * i));
      assertThat(picture[11]).isEqualTo((byte) (12 * i + 11));
    }
  }

  @Test
  void filesOfMoreThanTwoGigabytesAreMappedWhole() throws IOException {
    int bytesPerPicture = 1024 * 1024 * 3;
    int pictures = 800;
    Path file = folder.resolve("large.bin");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((long) pictures * bytesPerPicture);
      sparse.seek((long) (pictures - 1) * bytesPerPicture);
      sparse.write(42);
    }

    byte[] picture = new byte[bytesPerPicture];
    PixelStore.open(file, pictures, bytesPerPicture).read(pictures - 1, picture);

    assertThat(picture[0]).isEqualTo((byte) 42);
  }

  @Test
  void theSizeIsCheckedBeforeMapping() throws IOException {
    Path file = Files.write(folder.resolve("short.bin"), new byte[100]);

    assertThatIOException()
        .isThrownBy(() -> PixelStore.open(file, 1_000_000, 3072))
        .withMessage(file + " has 100 bytes, but 1000000 pictures need 3,072,000,000");
  }
}
