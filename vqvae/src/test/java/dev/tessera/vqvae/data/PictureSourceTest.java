package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
  @CsvSource(
      delimiter = '|',
      value = {
        "a | cats/1.jpg | | cats",
        "a | cats/black/1.jpg | | cats",
        "a | 1.jpg | | ''",
        "emoji | noto/ghost | noto | noto",
        "emoji+/data/a | emoji noto/ghost | noto | emoji noto",
        "emoji+/data/a | /data/a cats/1.jpg | | /data/a cats",
        "emoji+/data/a | /data/a 1.jpg | | /data/a",
      })
  void aPictureBelongsToItsStyleOrTopFolder(String source, String id, String style, String group) {
    PictureEntry entry =
        new PictureEntry(id, List.of(), "", style == null ? "" : style, false, 1, 1);
    assertThat(PictureSource.parse(source).group(entry)).isEqualTo(group);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pictures", "./emoji", "/data/my pictures", "emojis", "a@b", "c:d"})
  void everythingElseIsAFolder(String text) {
    assertThat(PictureSource.parse(text)).isEqualTo(new FolderSource(Path.of(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tar:a-{0..9}.tar | tar:a-{0..9}.tar",
        "TAR:*.tar.gz | tar:*.tar.gz",
        "coco:a/captions.json | coco:a/captions.json",
        "coco:c.json@pictures | coco:c.json@pictures",
        "idx:mnist | idx:mnist",
        "idx:mnist@train | idx:mnist",
        "idx:mnist@t10k | idx:mnist@t10k",
        "emoji*2+./photos | emoji*2+./photos",
        "emoji * 2 + ./photos*1 | emoji*2+./photos",
        "a*0.5+b*3.0+c | a*0.5+b*3+c",
        "emoji*3 | emoji",
        "c++++/a | c++++/a",
        "c++++ + d++*2 | c+++++d++*2",
        "a*2*1 | a*2*1",
        "tar:x*1*1 | tar:x*1*1",
      })
  void aSourceIsReadFromItsOwnString(String text, String canonical) {
    PictureSource source = PictureSource.parse(text);

    assertThat(source.spec()).isEqualTo(canonical);
    assertThat(PictureSource.parse(canonical)).isEqualTo(source);
  }

  @Test
  void aPlusInANameIsWrittenTwice() {
    assertThat(PictureSource.parse("c++++/a")).isEqualTo(new FolderSource(Path.of("c++/a")));
    assertThat(new FolderSource(Path.of("a+b")).spec()).isEqualTo("a++b");
    assertThat(new FolderSource(Path.of("emoji")).spec()).isEqualTo("./emoji");
    assertThat(new FolderSource(Path.of("a*2")).spec()).isEqualTo("a*2*1");
    assertThat(PictureSource.parse("a*2*1")).isEqualTo(new FolderSource(Path.of("a*2")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "idx: | the source idx: must be idx:FOLDER or idx:FOLDER@PREFIX",
        "idx:mnist@a/b | the source idx:mnist@a/b must be",
        "tar: | the source tar: is empty",
        "tar:{0..999}{0..999}.tar | names more than 100,000 files",
        "COCO:@folder | names no file",
        "a+ | a part of the source a+ is empty",
        "emoji+ emoji*2 | the source emoji is there twice",
        "a+b*0 | the weight of the source b is 0, but must be 0.01 to 100",
        "a+b*101 | the weight of the source b is 101",
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
