package dev.tessera.transformer.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.CodedInputStream;
import dev.tessera.proto.TokenRecord;
import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenShardsTest {
  @TempDir private Path folder;

  private static void assertSame(PictureTokens found, PictureTokens expected) {
    assertThat(found.toProto()).isEqualTo(expected.toProto());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20, 100})
  void aSetIsReadBackFromHoweverManyFiles(int perFile) throws IOException {
    List<PictureTokens> records = SmallSets.records(20, 1);
    TokenShards shards = TokenShards.open(SmallSets.write(folder, records, perFile));

    assertThat(shards.size()).isEqualTo(20);
    assertThat(shards.forms()).isEqualTo(2);
    assertThat(shards.origin()).isEqualTo(SmallSets.origin());
    assertThat(shards.tokenizer()).isEqualTo(SmallSets.TOKENIZER);
    for (int i = 19; i >= 0; i--) {
      assertSame(shards.read(i), records.get(i));
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1 + (20 + perFile - 1) / perFile);
    }
  }

  /** Reads with nothing but the specification in the package's page. */
  @Test
  void theFileIsWhatItsManualSays() throws IOException {
    List<PictureTokens> records = SmallSets.records(5, 2);
    SmallSets.write(folder, records, 100);
    byte[] bytes = Files.readAllBytes(folder.resolve("tokens-00000.tok"));
    assertThat(Arrays.copyOf(bytes, 8)).containsExactly(0x89, 'T', 'O', 'K', 13, 10, 26, 10);

    CodedInputStream in = CodedInputStream.newInstance(bytes, 8, bytes.length - 8);
    var header = dev.tessera.proto.TokenShard.parseFrom(frame(in));
    assertThat(header.getFormatVersion()).isEqualTo(1);
    assertThat(header.getRecords()).isEqualTo(5);
    for (PictureTokens record : records) {
      assertThat(TokenRecord.parseFrom(frame(in))).isEqualTo(record.toProto());
    }
    assertThat(in.isAtEnd()).isTrue();
  }

  private static byte[] frame(CodedInputStream in) throws IOException {
    byte[] message = in.readRawBytes(in.readRawVarint32());
    CRC32C crc = new CRC32C();
    crc.update(message);
    int stated = ByteBuffer.wrap(in.readRawBytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    assertThat(stated).isEqualTo((int) crc.getValue());
    return message;
  }

  @Test
  void goldenFileIsReadAndStillWritten() throws Exception {
    Path golden = Path.of(TokenShardsTest.class.getResource("tokens-v1.tok").toURI());
    TokenShard shard = TokenShard.open(golden);
    List<PictureTokens> records = SmallSets.records(6, 3);
    assertThat(shard.header()).isEqualTo(SmallSets.header(6));
    for (int i = 0; i < 6; i++) {
      assertSame(shard.read(i), records.get(i));
    }
    SmallSets.write(folder, records, 6);
    assertThat(folder.resolve("tokens-00000.tok")).hasSameBinaryContentAs(golden);
  }

  @Test
  void aSetThatIsNotWholeIsRefused() throws IOException {
    List<PictureTokens> records = SmallSets.records(20, 4);
    SmallSets.write(folder, records, 7);
    Path middle = folder.resolve("tokens-00001.tok");
    Path last = folder.resolve("tokens-00002.tok");
    byte[] bytes = Files.readAllBytes(middle);

    Files.delete(middle);
    assertRefused("found records 14 to 19 of 20 where those from 7 on");
    Files.copy(last, middle);
    assertRefused("found records 14 to 19 of 20 where those from 7 on");
    Files.write(middle, bytes);
    Files.delete(last);
    assertRefused("holds 14 of the 20 records of its set");
  }

  @Test
  void filesOfTwoSetsAreRefused() throws IOException {
    SmallSets.write(folder, SmallSets.records(20, 4), 10);
    SmallSets.write(folder.resolve("other"), SmallSets.records(25, 4), 10);
    Files.move(
        folder.resolve("other/tokens-00001.tok"),
        folder.resolve("tokens-00001.tok"),
        StandardCopyOption.REPLACE_EXISTING);
    assertRefused("does not hold one whole set");
  }

  @Test
  void anotherTokenizerIsRefused() throws IOException {
    SmallSets.write(folder, SmallSets.records(5, 5), 10);
    Bpe.train(List.of(), 257).write(folder.resolve(TokenShards.TOKENIZER));
    assertRefused("is not the tokenizer of the tokens beside it");
    Files.delete(folder.resolve(TokenShards.TOKENIZER));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> TokenShards.open(folder));
  }

  @Test
  void aFolderWithoutTokensIsRefused() {
    assertRefused("holds no tokens");
  }

  private void assertRefused(String reason) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenShards.open(folder))
        .withMessageContaining(folder.toString())
        .withMessageContaining(reason);
  }

  @Test
  void recordsThatTheHeaderDoesNotAllowAreNotWritten() throws IOException {
    int[] grid = new int[6];
    int[] large = {0, 0, 0, 0, 0, 1000};
    try (ShardWriter writer = new ShardWriter(folder, SmallSets.header(4))) {
      assertUnfit(writer, List.of(), List.of(grid), "has 1 forms, but must have 2");
      assertUnfit(writer, List.of(), List.of(grid, new int[5]), "has a form of 5 tokens");
      assertUnfit(writer, List.of(), List.of(grid, large), "has image token 1000, but must");
      assertUnfit(
          writer,
          List.of(new int[] {SmallSets.TOKENIZER.endOfText()}),
          List.of(grid, grid),
          "has text token 261, but must have 0 to 260");
    }
  }

  private static void assertUnfit(
      ShardWriter writer, List<int[]> captions, List<int[]> forms, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.append(new PictureTokens("a", false, captions, forms)))
        .withMessageContaining(reason);
  }
}
