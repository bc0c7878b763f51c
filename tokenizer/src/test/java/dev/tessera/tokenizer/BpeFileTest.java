package dev.tessera.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.proto.Bpe.Merge;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BpeFileTest {
  /** What the golden file was learned from. */
  static final List<String> CAPTIONS =
      List.of(
          "ghost, noto style",
          "ghost, twemoji style",
          "red heart, noto style",
          "red heart, fluent style",
          "smiling face with heart-eyes, twemoji style",
          "smiling face, noto style",
          "cœur rouge ❤️",
          "❤️ 24 hearts");

  private static final int[] GHOST = {275, 280, ',', 270, 260};
  private static final int[] RED = {282, ' ', 0xE2, 0x9D, 0xA4, 0xEF, 0xB8, 0x8F};

  @TempDir Path folder;

  @Test
  void goldenFileIsReadAndStillLearned() throws Exception {
    Path golden = Path.of(BpeFileTest.class.getResource("tokenizer-v1.pb").toURI());
    Bpe bpe = Bpe.read(golden);

    assertThat(bpe.vocabularySize()).isEqualTo(285);
    assertThat(bpe.encode("ghost, noto style")).containsExactly(GHOST);
    assertThat(bpe.encode("red ❤️")).containsExactly(RED);
    assertThat(bpe.decode(GHOST)).isEqualTo("ghost, noto style");
    assertThat(bpe.toByteArray()).isEqualTo(Files.readAllBytes(golden));
    assertThat(Bpe.train(CAPTIONS, 285)).isEqualTo(bpe);
  }

  @Test
  void writtenFileIsReadBack() throws IOException {
    Bpe bpe = Bpe.train(CAPTIONS, 300);
    Path file = folder.resolve("tokenizer.pb");
    Files.writeString(file, "what was there before");
    bpe.write(file);

    assertThat(Bpe.read(file)).isEqualTo(bpe).hasSameHashCodeAs(bpe);
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void writeThatFailsLeavesNothingBehind() throws IOException {
    Path target = folder.resolve("tokenizer.pb");
    Files.createDirectories(target.resolve("occupied"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Bpe.train(CAPTIONS, 300).write(target));
    try (var entries = Files.list(folder)) {
      assertThat(entries).containsExactly(target);
    }
  }

  @Test
  void absentFileIsReportedAsAbsent() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> Bpe.read(folder.resolve("absent.pb")));
  }

  @Test
  void newerFormatIsRefusedByName() {
    byte[] newer =
        Bpe.train(CAPTIONS, 300).toProto().toBuilder().setFormatVersion(3).build().toByteArray();

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Bpe.parse(newer, "x.tessera!tokenizer.pb"))
        .withMessage(
            "x.tessera!tokenizer.pb: tokenizer format version is 3, but this version of Tessera"
                + " reads only 1 to 2: update it");
  }

  @Test
  void splitRuleIsReadBackAndUnknownToReadersOfVersion1() throws IOException {
    var gpt2 =
        Bpe.train(CAPTIONS, 300).toProto().toBuilder()
            .setFormatVersion(2)
            .setSplitRule(dev.tessera.proto.Bpe.SplitRule.GPT2);
    Bpe bpe = Bpe.fromProto(gpt2.build());
    assertThat(bpe.splitRule()).isEqualTo(SplitRule.GPT2);
    assertThat(Bpe.parse(bpe.toByteArray(), "x")).isEqualTo(bpe);
    assertThat(bpe).isNotEqualTo(Bpe.train(CAPTIONS, 300));
    assertThat(bpe.toProto().getFormatVersion()).isEqualTo(2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(gpt2.clone().setFormatVersion(1).build()))
        .withMessageStartingWith("tokenizer format version is 1, but must be 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(gpt2.clone().setSplitRuleValue(7).build()))
        .withMessage("tokenizer split rule is number 7, but must be 0 or 1");
  }

  @Test
  void messageWithoutAVersionIsRefused() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Bpe.parse(new byte[0], "empty.pb"))
        .withMessage(
            "empty.pb: tokenizer format version is 0, but must be 1: this is no tokenizer");
  }

  @ParameterizedTest
  @CsvSource({
    "256, 97, 'tokenizer merge 0: left id is 256, but must be 0 to 255'",
    "97, 4000, 'tokenizer merge 0: right id is 4000, but must be 0 to 255'",
    "97, -1, 'tokenizer merge 0: right id is 4294967295, but must be 0 to 255'",
  })
  void mergeOfAnIdThatDoesNotComeBeforeItIsRefused(int left, int right, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(proto(new int[][] {{left, right}})))
        .withMessage(message);
  }

  @Test
  void repeatedMergeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(proto(new int[][] {{97, 98}, {256, 98}, {97, 98}})))
        .withMessage("tokenizer merge 2: repeats merge 0");
  }

  @Test
  void mergesThatKeepDoublingAreRefused() {
    int[][] merges = new int[60][];
    for (int i = 0; i < merges.length; i++) {
      merges[i] = new int[] {255 + i, 255 + i};
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(proto(merges)))
        .withMessage("tokenizer merge 8: makes a token of 512 bytes, but may make 256");
  }

  @Test
  void moreMergesThanIdsAreRefused() {
    int[][] merges = new int[65536 - 256][];
    for (int i = 0; i < merges.length; i++) {
      merges[i] = new int[] {i >> 8, i & 0xFF};
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.fromProto(proto(merges)))
        .withMessage("tokenizer has 65280 merges, but may have 65279");
    assertThat(Bpe.fromProto(proto(Arrays.copyOf(merges, 65279))).vocabularySize())
        .isEqualTo(Bpe.MAXIMUM_VOCABULARY);
  }

  @Test
  void largestVocabularyIsReadBack() throws IOException {
    int[][] merges = new int[65279][];
    for (int i = 0; i < merges.length; i++) {
      merges[i] = new int[] {i >> 8, i & 0xFF};
    }
    Bpe bpe = Bpe.fromProto(proto(merges));
    Path file = folder.resolve("large.pb");
    bpe.write(file);
    assertThat(Bpe.read(file)).isEqualTo(bpe);
  }

  @Test
  void hugeFileIsRefusedBeforeItIsRead() throws IOException {
    Path file = folder.resolve("huge.pb");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Bpe.read(file))
        .withMessage(file + ": has 1099511627776 bytes, but a tokenizer has at most 4194304");
  }

  @Test
  void hugeLengthInsideTheMessageIsRefused() {
    byte[] bytes = {0x08, 0x01, 0x12, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Bpe.parse(bytes, "huge.pb"))
        .withMessageStartingWith("huge.pb: not a tokenizer, or cut off: ");
  }

  @Test
  void cutOffFileIsRefusedUnlessTheCutIsBetweenMerges() throws IOException {
    Bpe bpe = Bpe.train(CAPTIONS, 300);
    byte[] bytes = bpe.toByteArray();
    int refused = 0;
    for (int length = 0; length < bytes.length; length++) {
      try {
        Bpe cut = Bpe.parse(Arrays.copyOf(bytes, length), "cut.pb");
        var merges = cut.toProto().getMergesList();
        assertThat(merges).isEqualTo(bpe.toProto().getMergesList().subList(0, merges.size()));
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("cut.pb: ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(bytes.length / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52, 53})
  void damagedFileIsReadOrRefusedButNothingElse(long seed) {
    Random random = new Random(seed);
    byte[] bytes = Bpe.train(CAPTIONS, 300).toByteArray();
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = bytes.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Bpe bpe = Bpe.parse(damaged, "damaged.pb");
        String text = "red hearts, noto style ❤️";
        assertThat(bpe.decode(bpe.encode(text))).as("seed %d, round %d", seed, i).isEqualTo(text);
      } catch (IOException e) {
        assertThat(e).as("seed %d, round %d", seed, i).hasMessageStartingWith("damaged.pb: ");
      }
    }
  }

  private static dev.tessera.proto.Bpe proto(int[][] merges) {
    var proto = dev.tessera.proto.Bpe.newBuilder().setFormatVersion(1);
    for (int[] merge : merges) {
      proto.addMerges(Merge.newBuilder().setLeft(merge[0]).setRight(merge[1]));
    }
    return proto.build();
  }
}
