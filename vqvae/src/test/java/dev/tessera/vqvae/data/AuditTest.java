package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final PictureConfig CONFIG = PictureConfig.square(16);

  @TempDir Path folder;

  private Audit audit(long seed) throws IOException {
    return Audit.of(PictureSource.parse(folder.toString()), CONFIG, seed, PrepareListener.NONE);
  }

  @Test
  void tellsWhatIsInAMessyFolder() throws IOException {
    MessyFolder.fill(folder);

    Audit audit = audit(1);

    assertThat(audit.files()).isEqualTo(MessyFolder.USABLE + MessyFolder.BROKEN);
    assertThat(audit.usable()).isEqualTo(MessyFolder.USABLE);
    assertThat(audit.rejected().count()).isEqualTo(MessyFolder.BROKEN);
    assertThat(audit.rejected().first()).hasSize(MessyFolder.BROKEN);
    assertThat(audit.shapes().heights()).isEqualTo(new Distribution(13, 1, 20, 50));
    assertThat(audit.shapes().widths()).isEqualTo(new Distribution(13, 1, 20, 9000));
    assertThat(audit.shapes().aspects().maximum()).isEqualTo(450);
    assertThat(audit.shapes().aspects().median()).isEqualTo(1);
    assertThat(audit.shapes().aspects().minimum()).isEqualTo(0.75);
    assertThat(audit.formats())
        .isEqualTo(Map.of("png", 8, "bmp", 1, "gif", 1, "jpeg", 2, "webp", 1));
    assertThat(audit.modes()).containsEntry("GREY", 2).containsEntry("PALETTE", 2);
    assertThat(audit.duplicates().first()).containsExactly(List.of("copy of rgb.png", "rgb.png"));
    assertThat(audit.duplicates().count()).isEqualTo(1);
    assertThat(audit.repeated()).isEqualTo(1);
    assertThat(audit.blank().first())
        .containsExactly(
            "b/grey.PNG", "b/grey16.png", "b/one pixel.bmp", "c/web.webp", "c/white.png");
  }

  @Test
  void countsTheWordsOfCaptions() throws IOException {
    MessyFolder.fill(folder);

    CaptionStatistics captions = audit(1).captions();

    assertThat(captions.captionedPictures()).isEqualTo(4);
    assertThat(captions.captions()).isEqualTo(6);
    assertThat(captions.words()).isEqualTo(new Distribution(6, 2, 3, 4));
    assertThat(captions.characters()).isEqualTo(new Distribution(6, 6, 15, 20));
    assertThat(captions.commonest().get(0)).isEqualTo(new CaptionStatistics.WordCount("a", 4));
    assertThat(captions.commonest().get(1))
        .isEqualTo(new CaptionStatistics.WordCount("rectangle", 3));
    // a noisy rectangle noise in copy green over blue ein bild aus 日本
    assertThat(captions.vocabulary()).isEqualTo(13);
  }

  @Test
  void theSampleDependsOnTheSeedAndNothingElse() throws IOException {
    for (int i = 0; i < 100; i++) {
      MessyFolder.put(folder, i + ".png", PictureFiles.png(MessyFolder.noise(i, 8, 8)));
    }

    List<String> first = audit(1).sample().stream().map(Audit.Sample::id).toList();

    assertThat(first).hasSize(Audit.SAMPLE).isSorted();
    assertThat(audit(1).sample().stream().map(Audit.Sample::id).toList()).isEqualTo(first);
    assertThat(audit(2).sample().stream().map(Audit.Sample::id).toList()).isNotEqualTo(first);
  }

  @Test
  void drawsAContactSheetWithCaptions() throws IOException {
    MessyFolder.fill(folder);

    Audit audit = audit(1);
    BufferedImage sheet = audit.contactSheet();

    assertThat(audit.sample()).hasSize(MessyFolder.USABLE);
    assertThat(audit.sample())
        .extracting(Audit.Sample::label)
        .contains("green over blue", "a noisy rectangle", "c/web.webp");
    assertThat(sheet.getWidth()).isGreaterThan(8 * 96);
    assertThat(sheet.getHeight()).isGreaterThan(2 * 96);
  }

  @Test
  void aFolderWithNothingUsableIsAuditedToo() throws IOException {
    MessyFolder.put(folder, "letter.png", "Dear reader,");

    Audit audit = audit(1);

    assertThat(audit.usable()).isZero();
    assertThat(audit.shapes().heights().count()).isZero();
    assertThat(audit.rejected().first().get(0).id()).isEqualTo("letter.png");
    assertThatIllegalStateException().isThrownBy(audit::contactSheet);
  }

  @Test
  void ofManyBrokenFilesAllAreCountedAndTheFirstNamed() throws IOException {
    for (int i = 0; i < Counted.LISTED + 5; i++) {
      MessyFolder.put(folder, "%05d.png".formatted(i), "no picture");
    }

    Counted<Rejected> rejected = audit(1).rejected();

    assertThat(rejected.count()).isEqualTo(Counted.LISTED + 5);
    assertThat(rejected.first()).hasSize(Counted.LISTED);
    assertThat(rejected.first().get(7).id()).isEqualTo("00007.png");
  }

  @Test
  void picturesThatLookAlikeAreGroupedApartFromEqualOnes() throws IOException {
    BufferedImage noise = MessyFolder.noise(1, 32, 32);
    MessyFolder.put(folder, "a.png", PictureFiles.png(noise));
    MessyFolder.put(folder, "b.png", PictureFiles.png(noise));
    noise.setRGB(0, 0, noise.getRGB(0, 0) ^ 0x0F0F0F);
    MessyFolder.put(folder, "c.png", PictureFiles.png(noise));
    MessyFolder.put(folder, "d.png", PictureFiles.png(MessyFolder.noise(2, 32, 32)));

    Audit audit = audit(1);

    assertThat(audit.duplicates().first()).containsExactly(List.of("a.png", "b.png"));
    assertThat(audit.nearDuplicates().first()).containsExactly(List.of("a.png", "c.png"));
    assertThat(audit.alike()).isEqualTo(1);
  }

  @Test
  void auditsEmoji() throws IOException {
    Audit audit =
        Audit.of(PictureSource.parse("emoji:twemoji@30"), CONFIG, 1, PrepareListener.NONE);

    assertThat(audit.usable()).isEqualTo(30);
    assertThat(audit.formats()).isEqualTo(Map.of("svg", 30));
    assertThat(audit.captions().captionedPictures()).isEqualTo(30);
    assertThat(audit.notice()).contains("CC BY 4.0");
  }
}
