package dev.tessera.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.vqvae.data.PictureEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenCaptionsTest {
  @Test
  void conceptAndStyleAreHeldToTheWordsBeforeAndAfterTheLastComma() {
    WrittenCaptions captions =
        WrittenCaptions.of(
            List.of(
                List.of("Red  Heart, noto style", "ghost, noto style"),
                List.of(
                    "heart, noto style", "apple, x", "pear, x", "plum, x", "red heart, y style"),
                List.of("a, noto style", "b, c", "c, c", "d, c", "e, c", "red heart, noto style"),
                List.of("red heart noto style")),
            List.of(heart("noto"), heart("noto"), heart("noto"), heart("noto")));

    assertThat(captions.parts()).hasValue(new WrittenCaptions.Parts(4, 1 / 4.0, 2 / 4.0, 3 / 4.0));
    // The fourth has the words of a true caption, but no comma that divides them.
    assertThat(captions.exact()).isEqualTo(0.5);
    assertThat(captions.figures(8, ""))
        .extracting(Figure::key)
        .containsExactly("exact", "conceptAt1", "conceptAt5", "style", "bleu1", "bleu4");
  }

  @Test
  void freeTextsHaveNoParts() {
    PictureEntry entry = new PictureEntry("a", List.of("a cat, asleep"), "", "", true, 1, 1);
    WrittenCaptions captions =
        WrittenCaptions.of(List.of(List.of("a cat, asleep")), List.of(entry));

    assertThat(captions.parts()).isEmpty();
    assertThat(captions.exact()).isEqualTo(1);
    assertThat(captions.figures(4, "")).extracting(Figure::key).doesNotContain("style");
  }

  private static PictureEntry heart(String style) {
    return new PictureEntry(
        "heart", List.of("red heart, " + style + " style"), "red heart", style, true, 32, 32);
  }
}
