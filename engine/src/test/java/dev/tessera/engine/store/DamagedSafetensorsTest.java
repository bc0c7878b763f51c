package dev.tessera.engine.store;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedSafetensorsTest {
  @TempDir Path folder;

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = SafetensorsTest.golden();
    Path file = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatIOException()
          .as("%d bytes", length)
          .isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(cut), "cut"))
          .withMessageStartingWith("cut: ");
      if (length % 37 == 0) {
        Files.write(file, cut);
        assertThatIOException()
            .as("%d bytes", length)
            .isThrownBy(() -> Safetensors.read(file))
            .withMessageStartingWith(file + ": ");
      }
    }
  }

  @Test
  void everyFlippedBitIsReadOrRefusedButNothingElse() {
    byte[] whole = SafetensorsTest.golden();
    int refused = 0;
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      refused += isRefused(damaged, "bit " + bit) ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(whole.length * 4);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomDamageIsReadOrRefusedButNothingElse(long seed) {
    Random random = new Random(seed);
    byte[] whole = SafetensorsTest.golden();
    byte[] alphabet = "{}[]\",:0123456789-.eE\\u\u0000 ".getBytes(UTF_8);
    int refused = 0;
    for (int round = 0; round < 5000; round++) {
      byte[] damaged = whole.clone();
      for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
        int place = random.nextInt(damaged.length);
        damaged[place] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : alphabet[random.nextInt(alphabet.length)];
      }
      refused += isRefused(damaged, "seed " + seed + ", round " + round) ? 1 : 0;
    }
    assertThat(refused).as("seed %d", seed).isBetween(1000, 4999);
  }

  private static boolean isRefused(byte[] damaged, String what) {
    try {
      Safetensors.read(ByteBuffer.wrap(damaged), "damaged");
      return false;
    } catch (IOException e) {
      assertThat(e).as(what).hasMessageStartingWith("damaged: ");
      return true;
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\u0001',
      delimiter = ';',
      value = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,8]}}; tensor 'a' has 8 bytes, but F32 of"
            + " shape [1] takes 4",
        "{'a':{'dtype':'F32','shape':[4611686018427387905],'data_offsets':[0,4]}}; tensor 'a': shape"
            + " [4611686018427387905] has more values than a tensor can have, 2147483639",
        "{'a':{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,4]}}; tensor 'a': shape [65536,"
            + " 65536] has more values than a tensor can have, 2147483639",
        "{'a':{'dtype':'F32','shape':[-1,-1],'data_offsets':[0,4]}}; tensor 'a': shape [-1, -1] has"
            + " a size of -1, but none may be negative",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,4]}}; header is no"
            + " valid JSON: Numeric value",
        "{'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}}; tensor 'a': shape holds something"
            + " else than integers",
        "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}; tensor 'a': shape is no array",
        "{'a':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}; tensor 'a' has dtype I64, but must"
            + " have one of [F32, F16, BF16]",
        "{'a':{'dtype':7,'shape':[1],'data_offsets':[0,8]}}; tensor 'a' has dtype 7",
        "{'a':{'dtype':'F32','shape':[1]}}; tensor 'a' has no data_offsets",
        "{'a':{'dtype':'F32','data_offsets':[0,4]}}; tensor 'a' has no shape",
        "{'a':{'shape':[1],'data_offsets':[0,4]}}; tensor 'a' has no dtype",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}; tensor 'a' has data_offsets [0], but"
            + " must have a begin and an end",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}; tensor 'a' has data_offsets [4, 0]",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}}; tensor 'a' has data_offsets [-4,",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}}; tensor 'a': data_offsets has more"
            + " than 2 numbers",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[-9223372036854775808,9223372036854775807]}};"
            + " tensor 'a' has data_offsets",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}; tensor 'a' begins at byte 4 of the"
            + " data, but must begin at 0",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}; the tensors end at byte 4 of the"
            + " data, but it has 8 bytes",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}; the tensors end at byte 12 of the"
            + " data, but it has 8 bytes",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],"
            + "'data_offsets':[4,8]}}; tensor 'b' begins at byte 4 of the data, but must begin at 8",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],"
            + "'data_offsets':[0,8]}}; header is no valid JSON: Duplicate",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}; header is no valid"
            + " JSON: Duplicate",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}; tensor 'a' has an unknown"
            + " field 'x'",
        "{'a':[]}; header entry 'a' is no object",
        "{'__metadata__':{'k':1}}; metadata 'k' is no string",
        "{} {}; something follows the header's closing }",
        "{'a':; header is no valid JSON: Unexpected",
        " {}; header does not begin with {: this is no safetensors file",
        "[]; header does not begin with {: this is no safetensors file",
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void headerThatDoesNotFitIsRefusedInOneSentence(String header, String message) {
    byte[] file = SafetensorsTest.bytes(header.replace('\'', '"'), "0000803F 000000C0");

    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(file), "x"))
        .withMessageStartingWith("x:" + message.replace("'", "\"").replace("r\"s", "r's"));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 9})
  void headerLengthBeyondTheFileOrTheLimitIsRefused(long length) throws IOException {
    Path file = folder.resolve("claims.safetensors");
    byte[] bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put((byte) '{')
            .array();
    Files.write(file, bytes);

    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(file))
        .withMessage(
            "%s: header has %s bytes, but may have 8: cut off, or no safetensors file",
            file, Long.toUnsignedString(length));
  }

  @Test
  void headerOverTheLimitIsRefusedThoughTheFileHasIt() throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 32);
      sparse.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(100_000_001).array());
    }
    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(file))
        .withMessageContaining("header has 100000001 bytes, but may have 100000000");
  }

  @Test
  void headerInAnotherEncodingIsRefused() {
    String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    byte[] utf16 = json.getBytes(UTF_16LE);
    ByteBuffer file =
        ByteBuffer.allocate(8 + utf16.length + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(utf16.length)
            .put(utf16)
            .rewind();
    assertThatIOException().isThrownBy(() -> Safetensors.read(file, "x"));

    byte[] malformed = SafetensorsTest.bytes(json, "0000803F 000000C0");
    malformed[8 + 2] = (byte) 0xFF;
    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(malformed), "x"))
        .withMessageStartingWith("x: header is no valid JSON: ");
  }

  @Test
  void tooManyTensorsOrDimensionsAreRefused() {
    StringBuilder tensors = new StringBuilder("{");
    for (int i = 0; i <= 100_000; i++) {
      tensors
          .append(i == 0 ? "\"" : ",\"")
          .append(i)
          .append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    byte[] manyTensors = SafetensorsTest.bytes(tensors + "}", "");
    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(manyTensors), "x"))
        .withMessage("x: header has more than 100000 tensors");

    byte[] manyDimensions =
        SafetensorsTest.bytes(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":["
                + "1,".repeat(32)
                + "1],\"data_offsets\":[0,4]}}",
            "0000803F");
    assertThatIOException()
        .isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(manyDimensions), "x"))
        .withMessage("x: tensor \"a\": shape has more than 32 numbers");
  }

  @Test
  void deepNestingIsRefused() {
    byte[] file = SafetensorsTest.bytes("{\"a\":" + "{\"a\":".repeat(100_000), "");
    assertThatIOException().isThrownBy(() -> Safetensors.read(ByteBuffer.wrap(file), "x"));
  }

  @Test
  void absentFileIsReportedAsAbsent() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Safetensors.read(folder.resolve("absent.safetensors")));
  }
}
