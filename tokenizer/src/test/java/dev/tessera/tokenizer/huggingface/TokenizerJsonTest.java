package dev.tessera.tokenizer.huggingface;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.RandomText;
import dev.tessera.tokenizer.SplitRule;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {
  private static final Bpe BPE = Bpe.train(List.of("ghost, noto style", "ghost style"), 265);

  private static String json() {
    return new String(TokenizerJson.format(BPE), UTF_8);
  }

  private static String golden() throws IOException {
    try (var in = TokenizerJsonTest.class.getResourceAsStream("tokenizer.json")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @Test
  void whatIsWrittenIsTheGoldenFile() throws IOException {
    assertThat(json() + "\n").isEqualTo(golden());
  }

  @ParameterizedTest
  @EnumSource(SplitRule.class)
  void whatIsWrittenIsReadBackWithTheSameIds(SplitRule rule) throws IOException {
    Bpe learned = Bpe.train(RandomText.captions(new Random(3), 200), 400);
    int[] left = learned.toProto().getMergesList().stream().mapToInt(m -> m.getLeft()).toArray();
    int[] right = learned.toProto().getMergesList().stream().mapToInt(m -> m.getRight()).toArray();
    Bpe bpe = Bpe.of(rule, left, right);
    TokenizerJson.Imported imported = TokenizerJson.parse(TokenizerJson.format(bpe), "x");
    int[] same = IntStream.range(0, bpe.vocabularySize()).toArray();
    assertThat(imported).isEqualTo(new TokenizerJson.Imported(bpe, same));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        // Old files have no type; newer ones have pairs of merges, and say what they mean anyway.
        "\"type\":\"BPE\", => ",
        "\"g h\" => [\"g\",\"h\"]",
        "\"dropout\":null => \"dropout\":0.0",
        "\"unk_token\":null => \"unk_token\":\"<unk>\"",
        "\"end_of_word_suffix\":null => \"end_of_word_suffix\":\"\"",
        "\"post_processor\":null => \"post_processor\":{\"type\":\"ByteLevel\"}",
        "\"ignore_merges\":false, => ",
      })
  void otherWordsForTheSameAreReadToo(String written, String instead) throws IOException {
    String other = replaced(written, instead == null ? "" : instead);
    assertThat(TokenizerJson.parse(other.getBytes(UTF_8), "x").bpe()).isEqualTo(BPE);
  }

  private static String replaced(String written, String instead) {
    assertThat(json()).contains(written);
    return json().replace(written, instead);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "\"normalizer\":null => \"normalizer\":{\"type\":\"NFC\"} => normalizer must be null",
        "\"truncation\":null => \"truncation\":{\"max_length\":5} => truncation must be null",
        "\"padding\":null => \"padding\":true => padding must be null",
        "\"post_processor\":null => \"post_processor\":{\"type\":\"TemplateProcessing\"} =>"
            + " post_processor.type is \"TemplateProcessing\", but must be ByteLevel",
        "\"version\" => \"vresion\" => vresion is a field that Tessera does not know",
        "\"Sequence\" => \"Whitespace\" => pre_tokenizer.type is \"Whitespace\", but must be"
            + " ByteLevel or Sequence",
        "p{M} => p{L} => pre_tokenizer.pretokenizers[0].pattern.Regex is",
        "Isolated => Removed => pre_tokenizer.pretokenizers[0].behavior is \"Removed\"",
        "\"use_regex\":false => \"use_regex\":true => pre_tokenizer.pretokenizers[1].use_regex is"
            + " true, but must be false after a Split",
        "\"add_prefix_space\":false => \"add_prefix_space\":true =>"
            + " pre_tokenizer.pretokenizers[1].add_prefix_space is true, but must be false",
        "\"dropout\":null => \"dropout\":0.1 => model.dropout is 0.1, but must be null",
        "\"BPE\" => \"Unigram\" => model.type is \"Unigram\", but must be BPE",
        "\"end_of_word_suffix\":null => \"end_of_word_suffix\":\"</w>\" =>"
            + " model.end_of_word_suffix is \"</w>\", but must be null",
        "\"ignore_merges\":false => \"ignore_merges\":true => model.ignore_merges is true",
        "\"special\":true => \"special\":false => added_tokens[0].special is false, but must be",
        "\"added_tokens\":[ => \"added_tokens\":[{}, => added_tokens holds 2 tokens, but may hold",
        "\"id\":264 => \"id\":\"264\" => added_tokens[0].id is \"264\", but must be a whole number",
        "\"id\":264 => \"id\":5 => id 5, but added_tokens gives \"<|endoftext|>\" id 5",
        "\"content\":\"<|endoftext|>\" => \"content\":\"!\" => added_tokens[0].content is \"!\","
            + " which is a byte",
        "\"a\":97, => ~~ => model.vocab lacks \"a\", for the byte 0x61",
        "\"a\":97, => \"a\":98, => model.vocab gives id 98 to \"a\" and to \"b\"",
        "\"a\":97, => \"a\":-1, => model.vocab.a is -1, but must be a whole number from 0 on",
        "\"a\":97, => \"a\":97,\"a\":97, => is no valid JSON: Duplicate",
        "\"a\":97, => \"a\":97,\"zebra\":999, => model.vocab holds \"zebra\", which is no byte",
        "\"g h\" => \"g zz\" => model.merges[2] joins \"zz\", which is no byte and made by no merge",
        "\"g h\" => \"g\" => model.merges[2] is \"g\", but must be two tokens",
        "\"g h\" => 5 => model.merges[2] is 5, but must be two tokens",
        "\"g h\" => \"h g\" => model.vocab lacks \"hg\", for model.merges[2]",
        "\"g h\" => \"g h\",\"g h\" => model.merges[3] makes \"gh\", which is there already",
      })
  void whatTesseraCannotDoIsRefusedByTheNameOfItsField(
      String written, String instead, String sentence) {
    String other = replaced(written, instead == null ? "" : instead);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenizerJson.parse(other.getBytes(UTF_8), "my.json"))
        .withMessageStartingWith("my.json: ")
        .withMessageContaining(sentence)
        .withMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "null", "{}", "{\"model\":[]}", "{} {}", "{\"decoder\"", "\u0000"})
  void aFileOfAnotherKindIsRefused(String json) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenizerJson.parse(json.getBytes(UTF_8), "my.json"))
        .withMessageStartingWith("my.json: ");
  }

  @Test
  void mergesThatMakeTheSameTokenHaveNoFile() {
    Bpe twice =
        Bpe.of(SplitRule.CAPTIONS, new int[] {'a', 'b', 256, 'a'}, new int[] {'b', 'c', 'c', 257});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TokenizerJson.format(twice))
        .withMessageContaining("merges 2 and 3 make the same token \"abc\"");
  }

  /** The argument why an export succeeds: a learned token never has a second maker. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void learnedMergesNeverMakeTheSameToken(long seed) throws IOException {
    Bpe bpe = Bpe.train(RandomText.captions(new Random(seed), 400), 2000);
    assertThat(TokenizerJson.parse(TokenizerJson.format(bpe), "x").bpe())
        .as("seed %d", seed)
        .isEqualTo(bpe);
  }

  @ParameterizedTest
  @ValueSource(longs = {51, 52, 53})
  void damagedFileIsReadOrRefusedButNothingElse(long seed) {
    Random random = new Random(seed);
    byte[] bytes = TokenizerJson.format(BPE);
    for (int i = 0; i < 1000; i++) {
      byte[] damaged = bytes.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Bpe bpe = TokenizerJson.parse(damaged, "damaged.json").bpe();
        assertThat(bpe.decode(bpe.encode("ghost ❤️")))
            .as("seed %d, round %d", seed, i)
            .isEqualTo("ghost ❤️");
      } catch (IOException e) {
        assertThat(e).as("seed %d, round %d", seed, i).hasMessageStartingWith("damaged.json: ");
      }
    }
  }

  @Test
  void deepAndHugeFilesAreRefused(@TempDir Path folder) throws IOException {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenizerJson.parse("[".repeat(100_000).getBytes(UTF_8), "deep"))
        .withMessageStartingWith("deep: is no valid JSON: ");
    Path file = folder.resolve("huge.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> TokenizerJson.read(file))
        .withMessageContaining("has 1099511627776 bytes");
    Path good = Files.write(folder.resolve("tokenizer.json"), TokenizerJson.format(BPE));
    assertThat(TokenizerJson.read(good).bpe()).isEqualTo(BPE);
  }
}
