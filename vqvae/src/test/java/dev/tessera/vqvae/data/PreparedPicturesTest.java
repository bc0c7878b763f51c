package dev.tessera.vqvae.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureFiles;
import dev.tessera.vqvae.picture.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedPicturesTest {
  private static final PictureConfig CONFIG = PictureConfig.square(16);
  private static final PrepareOptions TOLERANT = new PrepareOptions(0, 0.05, 0.5);

  @TempDir Path temporary;

  private Path folder = Path.of("");
  private Path cache = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    folder = Files.createDirectories(temporary.resolve("pictures"));
    cache = temporary.resolve("cache");
  }

  /** Counts how many pictures were prepared, to tell a rebuild from an opened cache. */
  private final List<Integer> worked = new ArrayList<>();

  private PreparedPictures prepare(PrepareOptions options) throws IOException {
    worked.clear();
    return PreparedPictures.prepare(
        PictureSource.parse(folder.toString()),
        CONFIG,
        cache,
        options,
        (done, total) -> worked.add(done));
  }

  private Path onlyCache() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  @Test
  void preparesAMessyFolder() throws IOException {
    MessyFolder.fill(folder);

    PreparedPictures pictures = prepare(TOLERANT);

    assertThat(pictures.size()).isEqualTo(MessyFolder.USABLE - MessyFolder.DUPLICATES);
    assertThat(pictures.duplicates()).isEqualTo(MessyFolder.DUPLICATES);
    assertThat(pictures.blank()).isZero();
    assertThat(pictures.captioned()).isEqualTo(3);
    assertThat(pictures.entry(0).id()).isEqualTo("a/1.png");
    assertThat(pictures.notice()).contains("the folder pictures");
    assertThat(pictures.digest()).hasSize(32);
    assertThat(worked).hasSize(MessyFolder.USABLE + MessyFolder.BROKEN).isSorted();
    for (int i = 0; i < pictures.size(); i++) {
      PictureEntry entry = pictures.entry(i);
      assertThat(pictures.rgb(i))
          .as(entry.id())
          .isEqualTo(Pictures.read(folder.resolve(entry.id()), CONFIG).pixels());
    }
  }

  @Test
  void brokenFilesAreListedWithReasons() throws IOException {
    MessyFolder.fill(folder);

    PreparedPictures pictures = prepare(TOLERANT);

    assertThat(pictures.rejected())
        .extracting(Rejected::id)
        .containsExactly(
            "broken/bomb.png",
            "broken/empty.png",
            "broken/half.png",
            "broken/letter.png",
            "broken/wordy.png");
    assertThat(pictures.rejected().get(0).reason()).startsWith("60000 × 60000 pixels");
    assertThat(pictures.rejected().get(1).reason()).isEqualTo("the file is empty");
    assertThat(Files.readAllLines(pictures.quarantine()))
        .hasSize(MessyFolder.BROKEN)
        .contains("broken/empty.png\tthe file is empty");
  }

  @Test
  void tooManyBrokenFilesStopIt() throws IOException {
    MessyFolder.fill(folder);

    assertThatExceptionOfType(TooManyBrokenException.class)
        .isThrownBy(() -> prepare(PrepareOptions.DEFAULT))
        .satisfies(
            e -> {
              assertThat(e)
                  .hasMessageStartingWith("5 of 18 pictures in " + folder + " cannot be used")
                  .hasMessageContaining("at most 5 % may be")
                  .hasMessageContaining(e.list().toString());
              assertThat(e.rejected()).isEqualTo(MessyFolder.BROKEN);
              assertThat(Files.readAllLines(e.list())).hasSize(MessyFolder.BROKEN);
            });
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(name -> name.endsWith("-quarantine.tsv"));
    }
  }

  @Test
  void nothingUsableIsAnError() throws IOException {
    MessyFolder.put(folder, "letter.png", "Dear reader,");

    assertThatIOException()
        .isThrownBy(() -> prepare(new PrepareOptions(0, 0.05, 1)))
        .withMessage("none of the 1 pictures in " + folder + " can be used");
  }

  @Test
  void duplicatesGiveTheirCaptionsToTheFirst() throws IOException {
    MessyFolder.fill(folder);

    PreparedPictures pictures = prepare(TOLERANT);

    PictureEntry first =
        entries(pictures).stream()
            .filter(entry -> entry.id().equals("copy of rgb.png"))
            .findFirst()
            .orElseThrow();
    assertThat(first.captions())
        .containsExactly("a copy", "a noisy rectangle", "noise in a rectangle");
    assertThat(entries(pictures)).noneMatch(entry -> entry.id().equals("rgb.png"));
  }

  private static List<PictureEntry> entries(PreparedPictures pictures) {
    List<PictureEntry> entries = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      entries.add(pictures.entry(i));
    }
    return entries;
  }

  @Test
  void opensAFreshCacheWithoutWork() throws IOException {
    MessyFolder.fill(folder);
    PreparedPictures first = prepare(TOLERANT);

    PreparedPictures second = prepare(TOLERANT);

    assertThat(worked).isEmpty();
    assertThat(entries(second)).isEqualTo(entries(first));
    assertThat(second.rejected()).isEqualTo(first.rejected());
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(second.config()).isEqualTo(CONFIG);
    assertThat(second.rgb(3)).isEqualTo(first.rgb(3));
    try (Stream<Path> files = Files.list(onlyCache())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("pictures.bin", "records.bin", "index.pb", "quarantine.tsv");
    }
  }

  @Test
  void preparesAgainWhatHasChanged() throws IOException {
    MessyFolder.fill(folder);
    byte[] before = prepare(TOLERANT).digest();

    MessyFolder.put(folder, "a/1.txt", "half red");
    PreparedPictures captioned = prepare(TOLERANT);
    assertThat(worked).isNotEmpty();
    assertThat(captioned.captioned()).isEqualTo(4);
    assertThat(captioned.digest()).isNotEqualTo(before);

    Files.setLastModifiedTime(folder.resolve("a/1.png"), FileTime.from(Instant.EPOCH));
    byte[] touched = prepare(TOLERANT).digest();
    assertThat(worked).isNotEmpty();
    assertThat(touched).isEqualTo(captioned.digest());

    prepare(new PrepareOptions(1, 0.05, 0.5));
    assertThat(worked).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncated pixels",
        "longer pixels",
        "no pixels",
        "truncated index",
        "flipped index",
        "empty index",
        "no index",
        "truncated records",
        "flipped records",
        "other format"
      })
  void makesADamagedCacheAgain(String damage) throws IOException {
    MessyFolder.fill(folder);
    PreparedPictures first = prepare(TOLERANT);
    byte[] digest = first.digest();
    byte[] pixels = first.rgb(5);
    Path index = onlyCache().resolve("index.pb");
    Path bin = onlyCache().resolve("pictures.bin");
    Path records = onlyCache().resolve("records.bin");
    byte[] bytes = Files.readAllBytes(index);
    switch (damage) {
      case "truncated pixels" ->
          Files.write(bin, Arrays.copyOf(Files.readAllBytes(bin), CONFIG.bytes()));
      case "longer pixels" ->
          Files.write(bin, Arrays.copyOf(Files.readAllBytes(bin), 99 * CONFIG.bytes()));
      case "no pixels" -> Files.delete(bin);
      case "truncated index" -> Files.write(index, Arrays.copyOf(bytes, bytes.length / 2));
      case "flipped index" -> {
        bytes[bytes.length / 3] ^= 1;
        Files.write(index, bytes);
      }
      case "empty index" -> Files.write(index, new byte[0]);
      case "no index" -> Files.delete(index);
      case "truncated records" -> {
        byte[] whole = Files.readAllBytes(records);
        Files.write(records, Arrays.copyOf(whole, whole.length - 8));
      }
      case "flipped records" -> {
        byte[] whole = Files.readAllBytes(records);
        whole[whole.length / 3] ^= 1;
        Files.write(records, whole);
      }
      default -> {
        bytes[1]++; // The value of field 1, the format version.
        Files.write(index, bytes);
      }
    }

    PreparedPictures again = prepare(TOLERANT);

    assertThat(worked).isNotEmpty();
    assertThat(again.digest()).isEqualTo(digest);
    assertThat(again.rgb(5)).isEqualTo(pixels);
    prepare(TOLERANT);
    assertThat(worked).isEmpty();
  }

  @Test
  void everyFlippedBitOfAnIndexIsNoticed() throws IOException {
    MessyFolder.fill(folder);
    prepare(TOLERANT);
    Path index = onlyCache().resolve("index.pb");
    byte[] bytes = Files.readAllBytes(index);
    Path damaged = temporary.resolve("damaged.pb");
    for (int at = 0; at < bytes.length; at += 3) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Files.write(damaged, flipped);
      assertThatThrownBy(() -> CacheIndex.read(damaged))
          .as("byte %d", at)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void leftoversOfAKilledProcessAreClearedAway() throws IOException {
    MessyFolder.fill(folder);
    prepare(TOLERANT);
    Path made = onlyCache();
    Path old = Files.createDirectory(cache.resolve("." + made.getFileName() + ".1.tmp"));
    Path young = Files.createDirectory(cache.resolve("." + made.getFileName() + ".2.tmp"));
    Files.write(old.resolve("pictures.bin"), new byte[9]);
    Files.setLastModifiedTime(old.resolve("pictures.bin"), FileTime.from(Instant.EPOCH));
    Files.delete(made.resolve("index.pb"));

    prepare(TOLERANT);

    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(made.resolve("index.pb")).exists();
  }

  @Test
  void theSplitCoversAllPicturesOnce() throws IOException {
    for (int i = 0; i < 60; i++) {
      MessyFolder.put(folder, i + ".png", PictureFiles.png(MessyFolder.noise(i, 8, 8)));
    }

    PreparedPictures pictures = prepare(new PrepareOptions(0, 0.2, 0));

    Set<Integer> all = new HashSet<>();
    for (int i : pictures.training()) {
      assertThat(pictures.entry(i).heldOut()).isFalse();
      all.add(i);
    }
    for (int i : pictures.heldOut()) {
      assertThat(pictures.entry(i).heldOut()).isTrue();
      all.add(i);
    }
    assertThat(all).hasSize(60);
    assertThat(pictures.training().length + pictures.heldOut().length).isEqualTo(60);
    assertThat(pictures.heldOut().length).isBetween(5, 20);
    assertThat(pictures.training()).isSorted();
  }

  @Test
  void preparesEmoji() throws IOException {
    PictureSource source = PictureSource.parse("emoji:noto,noto-v1,twemoji@50");
    PreparedPictures pictures =
        PreparedPictures.prepare(
            source, CONFIG, cache, new PrepareOptions(5, 0.1, 0), PrepareListener.NONE);

    assertThat(pictures.size() + pictures.duplicates() + pictures.blank()).isEqualTo(150);
    assertThat(pictures.captioned()).isEqualTo(pictures.size());
    assertThat(pictures.heldOut().length).isBetween(5, 30);
    Set<String> trained = new HashSet<>();
    for (int i : pictures.training()) {
      trained.add(pictures.entry(i).concept());
    }
    for (int i : pictures.heldOut()) {
      assertThat(trained).contains(pictures.entry(i).concept());
    }
    assertThat(pictures.notice()).contains("Noto Emoji (v1)", "Apache 2.0");
  }

  @Test
  void emptyEmojiAreLeftOutButEmptyPhotographsAreNot() throws IOException {
    MessyFolder.put(folder, "empty.png", PictureFiles.png(PictureFiles.solid(9, 9, 0xFFFFFF)));

    assertThat(prepare(TOLERANT).size()).isEqualTo(1);
    // Some of the keycaps of this style are white on nothing.
    PreparedPictures emoji =
        PreparedPictures.prepare(
            PictureSource.parse("emoji:noto-v1"),
            PictureConfig.square(8),
            cache,
            TOLERANT,
            PrepareListener.NONE);
    assertThat(emoji.blank()).isEqualTo(12);
    assertThat(entries(emoji)).noneMatch(entry -> entry.id().equals("noto-v1/digit-eight"));
  }

  @Test
  void pixelsAreReadIntoArraysThatAreLongEnough() throws IOException {
    MessyFolder.fill(folder);
    PreparedPictures pictures = prepare(TOLERANT);
    byte[] longer = new byte[CONFIG.bytes() + 1];

    pictures.read(2, longer);

    assertThat(Arrays.copyOf(longer, CONFIG.bytes())).isEqualTo(pictures.rgb(2));
    assertThat(pictures.picture(2).pixels()).isEqualTo(pictures.rgb(2));
    assertThatThrownBy(() -> pictures.read(2, new byte[CONFIG.bytes() - 1]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> pictures.rgb(pictures.size()))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
