package dev.tessera.tokenizer.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.RandomText;
import dev.tessera.tokenizer.SplitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both tokenizers read the same files, and must give the same ids. */
class HuggingFaceAgreementTest {
  private static final int TEXTS = 10_000;

  /** Kinds with nothing to disagree about, or that are no text. */
  private static final String UNTOLD =
      new String(
          new int[] {Character.UNASSIGNED, Character.PRIVATE_USE, Character.SURROGATE}, 0, 3);

  @TempDir private static Path folder;

  /** The native library unpacks itself there, asks no network for it and tells nobody. */
  @BeforeAll
  static void stayOffline() {
    System.setProperty("DJL_CACHE_DIR", folder.resolve("djl").toString());
    System.setProperty("ENGINE_CACHE_DIR", folder.resolve("djl").toString());
    System.setProperty("RUST_FLAVOR", "cpu");
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private static HuggingFaceTokenizer theirs(byte[] json) throws IOException {
    Path file = Files.write(Files.createTempFile(folder, "tokenizer", ".json"), json);
    return HuggingFaceTokenizer.newInstance(
        file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false"));
  }

  /** Unicode of all kinds, and captions whose pairs overlap. */
  private static String text(Random random) {
    return random.nextInt(4) == 0
        ? RandomText.captions(random, 1).get(0)
        : known(RandomText.unicode(random, random.nextInt(60)));
  }

  /** Without characters that this JDK is too old to know; what they are is no rule's business. */
  private static String known(String text) {
    return text.codePoints()
        .filter(Character::isDefined)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static List<String> captions(long seed) {
    Random random = new Random(seed);
    List<String> captions = new ArrayList<>(RandomText.captions(random, 300));
    for (int i = 0; i < 300; i++) {
      captions.add(RandomText.unicode(random, 40));
    }
    return captions;
  }

  private static Bpe learned(SplitRule rule) {
    Bpe bpe = Bpe.train(captions(1), 1500);
    assertThat(bpe.vocabularySize()).isGreaterThan(1000);
    int[] left = bpe.toProto().getMergesList().stream().mapToInt(m -> m.getLeft()).toArray();
    int[] right = bpe.toProto().getMergesList().stream().mapToInt(m -> m.getRight()).toArray();
    return Bpe.of(rule, left, right);
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void whatIsExportedGivesTheSameIdsThere(SplitRule rule) throws IOException {
    Bpe bpe = learned(rule);
    long seed = 100;
    Random random = new Random(seed);
    int joined = 0;
    try (HuggingFaceTokenizer theirs = theirs(TokenizerJson.format(bpe))) {
      for (int i = 0; i < TEXTS; i++) {
        String text = text(random);
        int[] ids = bpe.encode(text);
        long[] found = theirs.encode(text).getIds();
        assertThat(found).as("seed %d, text %d: %s", seed, i, text).isEqualTo(longs(ids));
        assertThat(theirs.decode(found)).as("seed %d, text %d", seed, i).isEqualTo(text);
        joined += Arrays.stream(ids).anyMatch(id -> id > 255) ? 1 : 0;
      }
    }
    assertThat(joined).isGreaterThan(TEXTS / 2);
  }

  @Test
  void whatTheirTrainerMadeGivesTheSameIdsHere() throws IOException {
    byte[] json;
    try (var in = getClass().getResourceAsStream("trained-by-tokenizers-0.23.2.json")) {
      json = in.readAllBytes();
    }
    TokenizerJson.Imported imported = TokenizerJson.parse(json, "trained");
    Bpe bpe = imported.bpe();
    assertThat(bpe.splitRule()).isEqualTo(SplitRule.GPT2);
    assertThat(bpe.vocabularySize()).isEqualTo(407);
    assertThat(imported.fileIds()[bpe.endOfText()]).isZero();
    long seed = 7;
    Random random = new Random(seed);
    try (HuggingFaceTokenizer theirs = theirs(json)) {
      for (int i = 0; i < TEXTS; i++) {
        String text =
            i % 3 == 0 ? "it's a ghost, noto style ❤️ " + random.nextInt(100) : text(random);
        int[] ids = bpe.encode(text);
        long[] moved = Arrays.stream(ids).mapToLong(id -> imported.fileIds()[id]).toArray();
        assertThat(theirs.encode(text).getIds())
            .as("seed %d, text %d: %s", seed, i, text)
            .isEqualTo(moved);
        assertThat(bpe.decode(ids)).as("seed %d, text %d", seed, i).isEqualTo(text);
      }
    }
  }

  /** Merges with every byte show on which side of it a text is cut. */
  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void everyCharacterIsOfTheSameKindInBoth(SplitRule rule) throws IOException {
    Set<List<Integer>> merges = new LinkedHashSet<>();
    for (int b = 0; b < 256; b++) {
      for (int neighbour : "a1 !".chars().toArray()) {
        merges.add(List.of(b, neighbour));
        merges.add(List.of(neighbour, b));
      }
    }
    Bpe bpe =
        Bpe.of(
            rule,
            merges.stream().mapToInt(merge -> merge.get(0)).toArray(),
            merges.stream().mapToInt(merge -> merge.get(1)).toArray());
    try (HuggingFaceTokenizer theirs = theirs(TokenizerJson.format(bpe))) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
        if (UNTOLD.indexOf(Character.getType(c)) < 0) {
          String character = Character.toString(c);
          for (String neighbour : new String[] {"a", "1", " ", "!"}) {
            text.append(neighbour).append(character).append("\n").append(character);
            text.append(neighbour).append("\n");
          }
        }
        if (text.length() > 2000 || c == Character.MAX_CODE_POINT) {
          assertThat(theirs.encode(text.toString()).getIds())
              .as("up to U+%04X", c)
              .isEqualTo(longs(bpe.encode(text.toString())));
          text.setLength(0);
        }
      }
    }
  }
}
