package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureSourceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "emoji | emoji",
        "emoji@64 | emoji@64",
        "emoji:noto,noto-v1,twemoji,fluent,emojione | emoji",
        "emoji:twemoji, noto | emoji:noto,twemoji",
        "emoji:fluent@7 | emoji:fluent-emoji-flat@7",
        "emoji:blob | emoji:noto-v1",
      })
  void emojiHaveOneWayOfWriting(String text, String canonical) {
    PictureSource source = PictureSource.parse(text);

    assertThat(source.spec()).isEqualTo(canonical);
    assertThat(PictureSource.parse(canonical)).isEqualTo(source);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pictures", "./emoji", "/data/my pictures", "emojis", "a@b"})
  void everythingElseIsAFolder(String text) {
    assertThat(PictureSource.parse(text)).isEqualTo(new FolderSource(Path.of(text), text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "idx:mnist | the source idx:mnist is not supported yet",
        "tar:a-{0..9}.tar | is not supported yet",
        "COCO:captions.json | is not supported yet",
        "'' | the source is empty",
        "emoji:apple | the emoji style is \"apple\", but must be one of noto, noto-v1, twemoji",
        "emoji: | the emoji style is \"\"",
        "emoji:noto,noto | the emoji styles are [noto, noto], but must be one or several different",
        "emoji@0 | has \"0\" after @, but must have a number",
        "emoji@many | has \"many\" after @",
        "emoji:noto@ | has \"\" after @",
      })
  void refusesInOneSentence(String text, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PictureSource.parse(text))
        .withMessageContaining(sentence);
  }
}
