package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.tessera.vqvae.caption.Captions;
import dev.tessera.vqvae.picture.PictureFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {
  @TempDir Path folder;

  private byte[] picture = new byte[0];

  @BeforeEach
  void makeAPicture() throws IOException {
    picture = PictureFiles.png(PictureFiles.solid(3, 3, 0xFF0000));
  }

  private Path put(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private Path put(String name, String content) throws IOException {
    return put(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private PictureSource source() {
    return PictureSource.parse(folder.toString());
  }

  private List<String> ids() throws IOException {
    return Listing.ids(folder.toString());
  }

  @Test
  void idsArePathsInOrder() throws IOException {
    put("b/1.jpg", picture);
    put("a/1.jpg", picture);
    put("z.PNG", picture);
    put("a/deep/er/日本 ü.webp", picture);
    put("readme.md", "no picture");
    put("noextension", picture);

    assertThat(ids()).containsExactly("a/1.jpg", "a/deep/er/日本 ü.webp", "b/1.jpg", "z.PNG");
  }

  @Test
  void skipsHiddenFilesAndFolders() throws IOException {
    put("seen.png", picture);
    put(".hidden.png", picture);
    put(".git/inside.png", picture);
    put("a/._seen.png", picture);

    assertThat(ids()).containsExactly("seen.png");
  }

  @Test
  void aHiddenFolderCanBeTheSourceItself() throws IOException {
    put(".pictures/1.png", picture);

    assertThat(Listing.of(folder.resolve(".pictures").toString())).hasSize(1);
  }

  @Test
  void followsLinksButNotInCircles() throws IOException {
    put("a/1.png", picture);
    Files.createSymbolicLink(folder.resolve("a/loop"), folder);
    Files.createSymbolicLink(folder.resolve("linked.png"), folder.resolve("a/1.png"));
    Files.createSymbolicLink(folder.resolve("dangling.png"), folder.resolve("gone.png"));

    assertThat(ids()).containsExactly("a/1.png", "dangling.png", "linked.png");
  }

  @Test
  void captionsAreTheLinesOfTheTextBeside() throws IOException {
    put("dog.png", picture);
    put("dog.txt", "\uFEFF a dog \r\n\n   \nein Hund, 犬\na dog\n");
    put("keywords.jpg", picture);
    put("keywords.TXT", "red, round, small");
    put("none.png", picture);
    put("empty.png", picture);
    put("empty.txt", "\n \n");

    List<SourcePicture> pictures = Listing.of(source());

    assertThat(Captions.alternatives(pictures.get(0).captions()))
        .containsExactly("a dog", "ein Hund, 犬");
    assertThat(Captions.alternatives(pictures.get(1).captions())).isEmpty();
    assertThat(pictures.get(2).captions()).containsExactly("red, round, small");
    assertThat(pictures.get(3).captions()).isEmpty();
  }

  @Test
  void bytesThatAreNotUtf8AreReplaced() throws IOException {
    put("a.png", picture);
    put("a.txt", new byte[] {'f', 'a', (byte) 0xE7, 'a', 'd', 'e'});

    assertThat(Listing.of(source()).get(0).captions()).containsExactly("fa\uFFFDade");
  }

  @Test
  void anEnormousCaptionFileIsRefused() throws IOException {
    put("a.png", picture);
    put("a.txt", new byte[CaptionFile.MAXIMUM_BYTES + 1]);
    SourcePicture first = Listing.of(source()).get(0);

    assertThatIOException()
        .isThrownBy(first::captions)
        .withMessage("the caption file a.txt is larger than 1,048,576 bytes");
  }

  @Test
  void saysWhatIsWrongWithTheFolder() throws IOException {
    Path file = put("note.txt", "text");
    put("scan.tiff", picture);

    assertThatIOException()
        .isThrownBy(() -> source().open())
        .withMessageContaining("has no pictures (bmp, gif, ")
        .withMessageEndingWith("only 1 other files");
    assertThatIOException()
        .isThrownBy(() -> PictureSource.parse(folder + "/missing").open())
        .withMessage("there is no folder " + folder + "/missing");
    assertThatIOException()
        .isThrownBy(() -> PictureSource.parse(file.toString()).stamp())
        .withMessage("the source " + file + " is a file, but must be a folder");
  }

  @Test
  void theStampChangesWithPicturesAndCaptionsAndNothingElse() throws IOException {
    Path first = put("1.png", picture);
    byte[] before = source().stamp();
    put("other.md", "no part of it");
    assertThat(source().stamp()).isEqualTo(before);

    Path text = put("1.txt", "a caption");
    byte[] captioned = source().stamp();
    assertThat(captioned).isNotEqualTo(before);

    Files.writeString(text, "a longer caption");
    byte[] longer = source().stamp();
    assertThat(longer).isNotEqualTo(captioned);

    Files.setLastModifiedTime(first, FileTime.fromMillis(1_000_000));
    byte[] touched = source().stamp();
    assertThat(touched).isNotEqualTo(longer);

    put("2.png", picture);
    assertThat(source().stamp()).isNotEqualTo(touched);
  }
}
