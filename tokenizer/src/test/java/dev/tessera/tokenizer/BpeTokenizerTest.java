package dev.tessera.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.oracle.labs.mlrg.olcut.config.ConfigurationData;
import com.oracle.labs.mlrg.olcut.config.ConfigurationManager;
import com.oracle.labs.mlrg.olcut.config.PropertyException;
import com.oracle.labs.mlrg.olcut.config.property.SimpleProperty;
import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tribuo.util.tokens.Token;
import org.tribuo.util.tokens.Token.TokenType;
import org.tribuo.util.tokens.Tokenizer;

class BpeTokenizerTest {
  private static final Bpe BPE = Bpe.train(BpeFileTest.CAPTIONS, 320);

  @Test
  void tokensAreThoseOfTheVocabulary() {
    String text = "ghost, noto hearts";
    List<String> expected =
        Arrays.stream(BPE.encode(text)).mapToObj(id -> BPE.decode(new int[] {id})).toList();

    assertThat(new BpeTokenizer(BPE).split(text)).isEqualTo(expected).hasSizeBetween(4, 12);
  }

  @Test
  void typesTellPartsOfAWordFromWholeWords() {
    Bpe bpe = Bpe.train(List.of("low low", "low"), 257 + 2);

    assertThat(new BpeTokenizer(bpe).tokenize("low lowers!  "))
        .extracting(token -> token.text + "/" + token.type)
        .containsExactly(
            "low/WORD",
            " /PREFIX",
            "low/INFIX",
            "e/INFIX",
            "r/INFIX",
            "s/SUFFIX",
            "!/PUNCTUATION",
            " /WHITESPACE",
            " /WHITESPACE");
  }

  @Test
  void idsThatShareACharacterComeAsOneToken() {
    Bpe bytes = Bpe.train(List.of(), 257);

    assertThat(new BpeTokenizer(bytes).tokenize("é😀\uD83D!"))
        .extracting(token -> token.text + " " + token.start + "-" + token.end)
        .containsExactly("é 0-1", "😀 1-3", "\uD83D 3-4", "! 4-5");
  }

  @Test
  void idsThatEndInsideTheNextCharacterComeWithAllOfIt() {
    // "!😀" is F0 9F 98 80 after '!'; one merge joins '!' with F0, so no id ends after '!'.
    Bpe bpe =
        Bpe.fromProto(
            dev.tessera.proto.Bpe.newBuilder()
                .setFormatVersion(1)
                .addMerges(dev.tessera.proto.Bpe.Merge.newBuilder().setLeft('!').setRight(0xF0))
                .build());
    assertThat(bpe.encode("?!😀.")).hasSize(6);

    assertThat(new BpeTokenizer(bpe).tokenize("?!😀."))
        .extracting(token -> token.text + " " + token.start + "-" + token.end)
        .containsExactly("? 0-1", "!😀 1-4", ". 4-5");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tokensFollowEachOtherAndAddUpToTheText(long seed) {
    Random random = new Random(seed);
    Bpe bpe = Bpe.train(RandomText.captions(random, 50), 400);
    BpeTokenizer tokenizer = new BpeTokenizer(bpe);
    for (int i = 0; i < 300; i++) {
      String text =
          i % 2 == 0
              ? RandomText.unicode(random, random.nextInt(50))
              : RandomText.captions(random, 1).get(0);
      int end = 0;
      for (Token token : tokenizer.tokenize(text)) {
        assertThat(token.start).as("seed %d: %s", seed, text).isEqualTo(end);
        assertThat(token.text).isNotEmpty().isEqualTo(text.substring(token.start, token.end));
        assertThat(Character.isLowSurrogate(token.text.charAt(0))).isFalse();
        end = token.end;
      }
      assertThat(end).as("seed %d: %s", seed, text).isEqualTo(text.length());
    }
  }

  @Test
  void tokenizerWithoutTextOrTokenSaysSo() {
    BpeTokenizer tokenizer = new BpeTokenizer(BPE);
    assertThatIllegalStateException().isThrownBy(tokenizer::advance);
    tokenizer.reset("a");
    assertThatIllegalStateException().isThrownBy(tokenizer::getText);
    assertThat(tokenizer.advance()).isTrue();
    assertThat(tokenizer.getType()).isEqualTo(TokenType.WORD);
    assertThat(tokenizer.advance()).isFalse();
    assertThat(tokenizer.advance()).isFalse();
    assertThatIllegalStateException().isThrownBy(tokenizer::getStart);
  }

  @Test
  void clonesWorkOnTheirOwnText() {
    BpeTokenizer tokenizer = new BpeTokenizer(BPE);
    tokenizer.reset("ghost");
    tokenizer.advance();
    String before = tokenizer.getText();
    Supplier<Tokenizer> supplier = Tokenizer.createSupplier(tokenizer);

    assertThatIllegalStateException().isThrownBy(() -> supplier.get().advance());
    assertThat(supplier.get().split("red heart, noto style"))
        .isEqualTo(new BpeTokenizer(BPE).split("red heart, noto style"));
    assertThat(tokenizer.getText()).isEqualTo(before);
  }

  @Test
  void provenanceIsEnoughToMakeTheTokenizerAgain() {
    BpeTokenizer tokenizer = new BpeTokenizer(BPE);
    assertThat(tokenizer.getProvenance().getClassName()).isEqualTo(BpeTokenizer.class.getName());

    ConfigurationManager manager = new ConfigurationManager();
    manager.addConfiguration(ProvenanceUtil.extractConfiguration(tokenizer.getProvenance()));
    BpeTokenizer again = manager.lookupAll(BpeTokenizer.class).get(0);

    assertThat(again.getProvenance()).isEqualTo(tokenizer.getProvenance());
    String text = "red hearts ❤️, twemoji style";
    assertThat(again.split(text)).isEqualTo(tokenizer.split(text));
    assertThat(again.split(text))
        .isNotEqualTo(new BpeTokenizer(Bpe.train(List.of(), 257)).split(text));
  }

  @Test
  void splitterHasProvenanceToo() {
    assertThat(new CaptionSplitter().getProvenance().getClassName())
        .isEqualTo(CaptionSplitter.class.getName());
  }

  @Test
  void damagedConfigurationIsRefused() {
    for (String vocabulary : List.of("not Base64!", "AAAA")) {
      ConfigurationData data = new ConfigurationData("bpe", BpeTokenizer.class.getName());
      data.add("vocabulary", new SimpleProperty(vocabulary));
      ConfigurationManager manager = new ConfigurationManager();
      manager.addConfiguration(List.of(data));
      assertThatExceptionOfType(PropertyException.class)
          .as(vocabulary)
          .isThrownBy(() -> manager.lookup("bpe"))
          .withStackTraceContaining("property vocabulary: ");
    }
  }
}
