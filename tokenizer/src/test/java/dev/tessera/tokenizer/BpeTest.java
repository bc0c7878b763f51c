package dev.tessera.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.proto.Bpe.Merge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BpeTest {
  private static final Bpe BYTES = Bpe.train(List.of(), 257);

  @Test
  void vocabularyWithoutMergesIsTheBytesAndEndOfText() {
    assertThat(BYTES.vocabularySize()).isEqualTo(257);
    assertThat(BYTES.endOfText()).isEqualTo(256);
    assertThat(BYTES.encode("aé")).containsExactly('a', 0xC3, 0xA9);
    assertThat(BYTES.encode("")).isEmpty();
    assertThat(BYTES.decode(new int[0])).isEmpty();
  }

  @Test
  void mergesOfATinyCorpusAreThoseWorkedOutByHand() {
    // Pieces: low ×2, " low" ×1, " lower" ×1. Counts: (l,o) 4, (o,w) 4: the smaller left id first.
    Bpe bpe = Bpe.train(List.of("low", "low low lower"), 257 + 3);

    assertThat(bpe.toProto().getMergesList())
        .extracting(merge -> List.of(merge.getLeft(), merge.getRight()))
        .containsExactly(
            List.of((int) 'l', (int) 'o'), List.of(256, (int) 'w'), List.of((int) ' ', 257));
    assertThat(bpe.encode("low lower")).containsExactly(257, 258, 'e', 'r');
    assertThat(bpe.endOfText()).isEqualTo(259);
  }

  @Test
  void trainingEndsWhenNoPairOccursTwice() {
    Bpe bpe = Bpe.train(List.of("ab", "ab", "xy"), 1000);

    assertThat(bpe.vocabularySize()).isEqualTo(258);
    assertThat(bpe.encode("abxy")).containsExactly(256, 'x', 'y');
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void trainingFindsTheMergesOfTheNaiveTrainer(long seed) {
    List<String> captions = RandomText.captions(new Random(seed), 40);
    NaiveBpe naive = NaiveBpe.train(captions, 120);
    Bpe bpe = Bpe.train(captions, 257 + 120);

    assertThat(bpe.toProto().getMergesList())
        .as("seed %d", seed)
        .extracting(merge -> List.of(merge.getLeft(), merge.getRight()))
        .containsExactlyElementsOf(naive.merges);
    assertThat(naive.merges).as("seed %d", seed).hasSizeGreaterThan(40);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void encodingGivesTheIdsOfTheNaiveEncoder(long seed) {
    Random random = new Random(seed);
    List<String> captions = RandomText.captions(random, 60);
    NaiveBpe naive = NaiveBpe.train(captions, 150);
    Bpe bpe = Bpe.train(captions, 257 + 150);

    for (String text : RandomText.captions(random, 100)) {
      assertThat(bpe.encode(text)).as("seed %d: %s", seed, text).isEqualTo(naive.encode(text));
    }
    for (int repeats = 1; repeats < 40; repeats++) {
      String run = "a".repeat(repeats) + "b".repeat(repeats % 5);
      assertThat(bpe.encode(run)).as("seed %d: %s", seed, run).isEqualTo(naive.encode(run));
    }
  }

  @Test
  void noTokenIsLearnedBeyondTheLongest() {
    List<String> captions = List.of("a".repeat(5000));
    Bpe bpe = Bpe.train(captions, 1000);
    NaiveBpe naive = NaiveBpe.train(captions, 1000 - 257);

    assertThat(bpe.toProto().getMergesList())
        .extracting(merge -> List.of(merge.getLeft(), merge.getRight()))
        .containsExactlyElementsOf(naive.merges);
    assertThat(bpe.decode(new int[] {bpe.endOfText() - 1}).length())
        .isLessThanOrEqualTo(Bpe.MAXIMUM_TOKEN_BYTES);
    assertThat(Bpe.fromProto(bpe.toProto())).isEqualTo(bpe);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26})
  void everyUnicodeTextComesBack(long seed) {
    Random random = new Random(seed);
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      captions.add(RandomText.unicode(random, 40));
    }
    Bpe bpe = Bpe.train(captions, 600);
    assertThat(bpe.vocabularySize()).as("seed %d", seed).isGreaterThan(300);

    for (int i = 0; i < 400; i++) {
      String text = i < 50 ? captions.get(i) : RandomText.unicode(random, random.nextInt(60));
      int[] ids = bpe.encode(text);
      assertThat(IntStream.of(ids).allMatch(id -> id >= 0 && id < bpe.endOfText()))
          .as("seed %d: %s", seed, text)
          .isTrue();
      assertThat(bpe.decode(ids)).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void everyCodePointComesBack() {
    StringBuilder all = new StringBuilder();
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        all.appendCodePoint(codePoint);
      }
    }
    String text = all.toString();
    assertThat(BYTES.decode(BYTES.encode(text)).equals(text)).isTrue();
  }

  @Test
  void surrogateWithoutItsPartnerBecomesTheReplacementCharacter() {
    assertThat(BYTES.decode(BYTES.encode("a\uD83D b\uDE00\uD83Dc😀")))
        .isEqualTo("a\uFFFD b\uFFFD\uFFFDc😀");
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void orderOfCaptionsDoesNotMatter(long seed) {
    List<String> captions = RandomText.captions(new Random(seed), 200);
    List<String> shuffled = new ArrayList<>(captions);
    Collections.shuffle(shuffled, new Random(seed));

    byte[] bytes = Bpe.train(captions, 400).toByteArray();
    assertThat(Bpe.train(shuffled, 400).toByteArray()).as("seed %d", seed).isEqualTo(bytes);
    assertThat(Bpe.train(captions, 400).toByteArray()).as("seed %d", seed).isEqualTo(bytes);
  }

  @Test
  void smallerVocabularyIsTheStartOfALargerOne() {
    List<String> captions = RandomText.captions(new Random(41), 100);
    var small = Bpe.train(captions, 300).toProto().getMergesList();
    var large = Bpe.train(captions, 350).toProto().getMergesList();

    assertThat(large).hasSizeGreaterThan(small.size()).startsWith(small.toArray(new Merge[0]));
  }

  @Test
  void endOfTextStopsDecoding() {
    assertThat(BYTES.decode(new int[] {'a', 256, 'b'})).isEqualTo("a");
  }

  @Test
  void malformedBytesDecodeToTheReplacementCharacter() {
    assertThat(BYTES.decode(new int[] {'a', 0xC3, 'b', 0xFF})).isEqualTo("a\uFFFDb\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 257, Integer.MAX_VALUE})
  void idOutsideTheVocabularyIsRefused(int id) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BYTES.decode(new int[] {'a', id}))
        .withMessage("text token 1 is " + id + ", but must be 0 to 256");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 256, 65537})
  void vocabularySizeOutOfRangeIsRefused(int size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Bpe.train(List.of("a"), size))
        .withMessage("text vocabulary is " + size + ", but must be 257 to 65536");
  }

  @Test
  void captionOfAMegabyteWithoutASpaceIsEncoded() {
    Bpe bpe = Bpe.train(List.of("abab ab"), 300);
    String text = "ab".repeat(500_000);

    int[] ids = bpe.encode(text);
    assertThat(ids.length).isLessThan(text.getBytes(UTF_8).length);
    assertThat(bpe.decode(ids).equals(text)).isTrue();
  }
}
