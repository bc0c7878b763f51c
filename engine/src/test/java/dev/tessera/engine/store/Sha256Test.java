package dev.tessera.engine.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  // The example of FIPS 180-2, appendix B.1, and the digest of nothing.
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @Test
  void digestsAreThoseOfTheStandard() {
    assertThat(Sha256.hex(Sha256.of("abc".getBytes(US_ASCII)))).isEqualTo(ABC);
    assertThat(Sha256.hex(Sha256.of(new byte[0]))).isEqualTo(NOTHING);
  }

  @Test
  void filesAndStreamsHaveTheDigestOfTheirBytes(@TempDir Path folder) throws IOException {
    byte[] bytes = new byte[300_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((i * 31) >> 3);
    }
    Path file = Files.write(folder.resolve("file"), bytes);

    assertThat(Sha256.of(file)).isEqualTo(Sha256.of(bytes)).hasSize(32);
    assertThat(Sha256.of(new ByteArrayInputStream(bytes))).isEqualTo(Sha256.of(bytes));
  }
}
