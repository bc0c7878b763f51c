package dev.tessera.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tribuo.util.tokens.Token;
import org.tribuo.util.tokens.Token.TokenType;

class CaptionSplitterTest {
  static Stream<Arguments> captions() {
    return Stream.of(
        arguments("ghost, noto style", List.of("ghost", ",", " noto", " style")),
        arguments("route 66!", List.of("route", " 66", "!")),
        arguments("a  b", List.of("a", " ", " b")),
        arguments("a \t\n", List.of("a", " \t\n")),
        arguments("a\tb", List.of("a", "\t", "b")),
        arguments("a - b", List.of("a", " ", "-", " b")),
        arguments("mp3", List.of("mp", "3")),
        arguments("cafe\u0301 noir", List.of("cafe\u0301", " noir")),
        arguments("नमस्ते", List.of("नमस्ते")),
        arguments("שלום עולם", List.of("שלום", " עולם")),
        arguments("I ❤️ 👩‍🚀s", List.of("I", " ", "❤️", " ", "👩‍🚀", "s")),
        arguments("a\u00A0b", List.of("a", "\u00A0", "b")),
        arguments("\uD83D", List.of("\uD83D")));
  }

  @ParameterizedTest
  @MethodSource("captions")
  void captionIsCutIntoWordsNumbersSymbolsAndSpace(String caption, List<String> pieces) {
    assertThat(new CaptionSplitter().split(caption)).isEqualTo(pieces);
  }

  static Stream<Arguments> gpt2() {
    return Stream.of(
        arguments("it's 2 o'clock", List.of("it", "'s", " 2", " o", "'", "clock")),
        arguments("ghost, noto", List.of("ghost", ",", " noto")),
        arguments("a - b", List.of("a", " -", " b")),
        arguments("a  b \t", List.of("a", " ", " b", " \t")),
        arguments("cafe\u0301 noir", List.of("cafe", "\u0301", " noir")));
  }

  @ParameterizedTest
  @MethodSource("gpt2")
  void theRuleOfGpt2HasEndingsAndSymbolsAfterASpace(String text, List<String> pieces) {
    assertThat(new CaptionSplitter(SplitRule.GPT2).split(text)).isEqualTo(pieces);
  }

  @Test
  void typesTellWordsSymbolsAndSpaceApart() {
    assertThat(new CaptionSplitter().tokenize("to 2 !? "))
        .extracting(token -> token.type)
        .containsExactly(
            TokenType.WORD,
            TokenType.WORD,
            TokenType.WHITESPACE,
            TokenType.PUNCTUATION,
            TokenType.WHITESPACE);
  }

  @ParameterizedTest
  @CsvSource({"1,CAPTIONS", "2,CAPTIONS", "3,CAPTIONS", "4,GPT2", "5,GPT2"})
  void piecesCoverEveryCharacterAndSplitToThemselves(long seed, SplitRule rule) {
    Random random = new Random(seed);
    CaptionSplitter splitter = new CaptionSplitter(rule);
    for (int i = 0; i < 500; i++) {
      String text = RandomText.unicode(random, random.nextInt(80));
      int end = 0;
      for (Token token : splitter.tokenize(text)) {
        assertThat(token.start).as("seed %d: %s", seed, text).isEqualTo(end);
        assertThat(token.text).isNotEmpty().isEqualTo(text.substring(token.start, token.end));
        assertThat(new CaptionSplitter(rule).split(token.text)).containsExactly(token.text);
        end = token.end;
      }
      assertThat(end).as("seed %d: %s", seed, text).isEqualTo(text.length());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "1", "!", " ", "\t", "e\u0301", "😀", "a ", "1a", "'s", " !"})
  void aMillionCharactersAreCutInLinearTimeAndLittleStack(String unit) {
    String text = unit.repeat(1_000_000 / unit.length());
    for (SplitRule rule : SplitRule.values()) {
      Assertions.assertTimeout(
          Duration.ofSeconds(20),
          () ->
              assertThat(String.join("", new CaptionSplitter(rule).split(text)).equals(text))
                  .isTrue());
    }
  }

  @Test
  void splitterWithoutTextOrPieceSaysSo() {
    CaptionSplitter splitter = new CaptionSplitter();
    assertThatIllegalStateException().isThrownBy(splitter::advance);
    splitter.reset("a");
    assertThatIllegalStateException().isThrownBy(splitter::getText);
    assertThat(splitter.advance()).isTrue();
    assertThat(splitter.getText()).isEqualTo("a");
    assertThat(splitter.advance()).isFalse();
    assertThatIllegalStateException().isThrownBy(splitter::getType);
    assertThatIllegalStateException().isThrownBy(() -> splitter.clone().advance());
  }

  @Test
  void cloneWorksOnItsOwnText() {
    CaptionSplitter splitter = new CaptionSplitter();
    splitter.reset("one two");
    splitter.advance();
    CaptionSplitter clone = splitter.clone();
    clone.reset("three");
    clone.advance();

    assertThat(splitter.getText()).isEqualTo("one");
    assertThat(clone.getText()).isEqualTo("three");
  }
}
