package dev.tessera.transformer.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.tessera.proto.TokenRecord;
import dev.tessera.proto.TokenRecord.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedShardTest {
  private static byte[] genuine = {};

  @BeforeAll
  static void write(@TempDir Path folder) throws IOException {
    SmallSets.write(folder, SmallSets.records(8, 1), 100);
    genuine = Files.readAllBytes(folder.resolve("tokens-00000.tok"));
  }

  private static void assertRefused(byte[] bytes, String reason) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenShard.read(ByteBuffer.wrap(bytes), "bad.tok"))
        .withMessageStartingWith("bad.tok")
        .withMessageContaining(reason)
        .withMessageNotContaining("\n");
  }

  @Test
  void everyCutIsNoticed() throws IOException {
    assertThat(TokenShard.read(ByteBuffer.wrap(genuine), "good").header().records()).isEqualTo(8);
    for (int length = 0; length < genuine.length; length++) {
      assertRefused(Arrays.copyOf(genuine, length), "");
    }
    assertRefused(Arrays.copyOf(genuine, genuine.length + 1), "1 bytes after the last record");
  }

  @Test
  void everyFlippedBitIsNoticed() {
    for (int bit = 0; bit < 8 * genuine.length; bit++) {
      byte[] damaged = genuine.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertRefused(damaged, "");
    }
  }

  /** Damage behind correct checksums, as a forger or a mistake would make it. */
  @ParameterizedTest
  @ValueSource(longs = {61, 62, 63})
  void whateverAFrameHoldsIsReadOrRefused(long seed) {
    Random random = new Random(seed);
    byte[] header = SmallSets.header(1).toProto().toByteArray();
    byte[] record = SmallSets.records(8, seed).get(5).toProto().toByteArray();
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] changedHeader = i % 3 == 0 ? damaged(header, random) : header;
      byte[] changedRecord = i % 3 == 0 ? record : damaged(record, random);
      try {
        TokenShard shard =
            TokenShard.read(ByteBuffer.wrap(file(changedHeader, changedRecord)), "forged.tok");
        shard.read(0).requireFits(shard.header());
      } catch (IOException e) {
        assertThat(e).as("seed %d, round %d", seed, i).hasMessageStartingWith("forged.tok");
        refused++;
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(500, 2999);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] damaged = bytes.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextInt(5) == 0
        ? Arrays.copyOf(damaged, random.nextInt(damaged.length + 1))
        : damaged;
  }

  /** A file of any bytes in correct frames. */
  private static byte[] file(byte[]... messages) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Frames.SIGNATURE);
    for (byte[] message : messages) {
      Frames.write(message, out);
    }
    return out.toByteArray();
  }

  private static TokenRecord.Builder record() {
    Tokens grid = Tokens.newBuilder().addAllIds(List.of(1, 2, 3, 4, 5, 6)).build();
    return TokenRecord.newBuilder().setSourceId("a").addForms(grid).addForms(grid);
  }

  private static dev.tessera.proto.TokenShard.Builder header() {
    return SmallSets.header(1).toProto().toBuilder();
  }

  private static byte[] file(
      dev.tessera.proto.TokenShard.Builder header, TokenRecord.Builder record) throws IOException {
    return file(header.build().toByteArray(), record.build().toByteArray());
  }

  @Test
  void lyingHeadersAreRefusedByFieldAndValue() throws IOException {
    assertRefused(file(header().setFormatVersion(9), record()), "format version is 9, but this");
    assertRefused(file(header().setRecords(-1), record()), "records is -1");
    assertRefused(
        file(header().setTotalRecords(1L << 31).setRecords(5), record()), "total records is -1");
    assertRefused(
        file(header().setTotalRecords(1 << 30).setRecords(1 << 30), record()),
        "record 1 of 1073741824 has no length");
    assertRefused(file(header().setFirstRecord(3), record()), "first record is 3");
    assertRefused(file(header().setForms(0), record()), "forms is 0, but must be 1 to 100");
    assertRefused(file(header().setGridHeight(0), record()), "grid height is 0");
    assertRefused(file(header().setGridWidth(5000), record()), "grid width is 5000");
    assertRefused(file(header().setImageVocabulary(1), record()), "image vocabulary is 1");
    assertRefused(file(header().setTextVocabulary(70000), record()), "text vocabulary is 70000");
    assertRefused(
        file(header().setDataSha256(ByteString.EMPTY), record()), "data digest has 0 bytes");
  }

  @Test
  void lyingRecordsAreRefusedByNumberAndValue() throws IOException {
    Tokens few = Tokens.newBuilder().addIds(1).build();
    Tokens large = Tokens.newBuilder().addIds(-1).build();
    assertRefused(file(header(), record().clearForms()), "record 0 of 1 has 0 forms");
    assertRefused(file(header(), record().setHeldOut(true)), "has 2 forms, but must have 1");
    assertRefused(file(header(), record().setForms(1, few)), "has a form of 1 tokens");
    assertRefused(
        file(header(), record().addCaptions(large)), "has text token 4294967295, but must");
  }

  @Test
  void hugeLengthsTakeNoMemory(@TempDir Path folder) throws IOException {
    byte[] start = Arrays.copyOf(Frames.SIGNATURE, 13);
    start[8] = (byte) 0xFF;
    start[9] = (byte) 0xFF;
    start[10] = (byte) 0xFF;
    start[11] = (byte) 0x7F;
    assertRefused(start, "but needs 268435459");
    start[11] = (byte) 0xFF;
    assertRefused(start, "has no length at byte 8");
    Path file = folder.resolve("huge.tok");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenShard.open(file))
        .withMessageContaining("has 1099511627776 bytes");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenShard.open(folder))
        .withMessageContaining("is not a file");
  }
}
