package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no sound archive. Offsets are those of the ZIP specification (APPNOTE, 4.3). */
class DamagedBundleTest {
  private static final int END_BYTES = 22;
  private static final int LOCAL_FLAGS = 6;
  private static final int LOCAL_SIZE = 22;
  private static final int DIRECTORY_FLAGS = 8;
  private static final int DIRECTORY_COMPRESSED = 20;
  private static final int DIRECTORY_SIZE = 24;
  private static final int DIRECTORY_OFFSET = 42;
  private static final int DIRECTORY_NAME = 46;

  private static byte[] genuine;

  @TempDir Path folder;
  private Path file;
  private byte[] bytes;
  private ByteBuffer zip;

  @BeforeAll
  static void writeGenuineBundle(@TempDir Path shared) throws IOException {
    Path file = shared.resolve("genuine.tessera");
    SmallModels.complete(SmallModels.FSQ).write(file);
    genuine = Files.readAllBytes(file);
  }

  @BeforeEach
  void copy() {
    file = folder.resolve("damaged.tessera");
    edit(genuine.clone());
  }

  private void edit(byte[] archive) {
    bytes = archive;
    zip = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void fileThatIsCutOffAnywhereIsRefused() throws IOException {
    for (int length = 0; length < genuine.length; ) {
      Files.write(file, Arrays.copyOf(genuine, length));
      assertThatIOException()
          .as("length %d", length)
          .isThrownBy(() -> Bundle.read(file))
          .withMessageMatching(
              ".*damaged.tessera is (no bundle: it does not begin|cut off, or something follows it:"
                  + " it does not end) like a ZIP archive.*");
      // Every length where there are headers, steps where there is content.
      length += length < 300 || length > genuine.length - 600 ? 1 : 61;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {71, 72})
  void fileWithFlippedBitsIsRefusedOrTheSame(long seed) throws IOException {
    Bundle expected = SmallModels.complete(SmallModels.FSQ);
    Random random = new Random(seed);
    int refused = 0;
    int rounds = 400;
    for (int round = 0; round < rounds; round++) {
      byte[] damaged = genuine.clone();
      // Half of them where the structure is: the directory, its end, the first headers.
      int place =
          random.nextBoolean()
              ? random.nextInt(damaged.length)
              : damaged.length - 1 - random.nextInt(400);
      damaged[place] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      try {
        BundleTest.assertSame(Bundle.read(file), expected);
      } catch (IOException e) {
        assertThat(e)
            .as("seed %d, round %d, byte %d", seed, round, place)
            .hasMessageStartingWith(file.toString());
        refused++;
      }
    }
    // Times, versions and attributes may change; nothing else.
    assertThat(refused).as("seed %d", seed).isGreaterThan(rounds / 2);
  }

  @Test
  void flippedBytesOfTheManifestAreNoticed() throws IOException {
    int begin = 30 + "manifest.pb".length();
    int end = begin + zip.getInt(LOCAL_SIZE);
    for (int place = begin; place < end; place += 13) {
      byte[] damaged = genuine.clone();
      damaged[place] ^= 0x10;
      Files.write(file, damaged);
      assertThatIOException()
          .as("byte %d", place)
          .isThrownBy(() -> Bundle.readManifest(file))
          .withMessageMatching(
              ".* is damaged: manifest.pb has CRC-32 [0-9a-f]{8}, but must have [0-9a-f]{8}");
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    edit("\"NAME\",\"VALUE\"\nnot a bundle at all".getBytes(UTF_8));
    assertRefused(" is no bundle: it does not begin like a ZIP archive of 22 bytes or more");
    edit(Forgery.zip(Map.of(), ZipEntry.STORED));
    assertRefused(" is no bundle: it does not begin like a ZIP archive of 22 bytes or more");
  }

  @Test
  void compressedEntriesAreRefused() throws IOException {
    edit(new Forgery(genuine).zip(ZipEntry.DEFLATED));
    assertRefused(
        " has manifest.pb compressed (method 8), but entries of a bundle are stored (method 0)");
  }

  @Test
  void encryptedEntryIsRefused() throws IOException {
    zip.putShort(LOCAL_FLAGS, (short) 1);
    zip.putShort(directory(0) + DIRECTORY_FLAGS, (short) 1);
    assertRefused(" has manifest.pb encrypted or streamed (flags 0x1)");
  }

  @Test
  void twoEntriesOfOneNameAreRefused() throws IOException {
    Forgery forgery = new Forgery(genuine);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("manifest.pb", forgery.manifest.build().toByteArray());
    entries.putAll(forgery.entries);
    entries.put("preview.pnX", new byte[9]);
    String patched =
        new String(Forgery.zip(entries, ZipEntry.STORED), ISO_8859_1)
            .replace("preview.pnX", "preview.png");
    edit(patched.getBytes(ISO_8859_1));
    assertRefused(" has two entries preview.png");
  }

  @Test
  void sizeThatIsNotThereIsRefusedBeforeMemoryIsTakenForIt() throws IOException {
    int last = directory(4);
    int begin = zip.getInt(last + DIRECTORY_OFFSET);
    int content = begin + 30 + "preview.png".length();
    for (int place : new int[] {begin + 18, begin + 22, last + 20, last + 24}) {
      zip.putInt(place, Integer.MAX_VALUE);
    }
    assertRefused(
        " has preview.png of 2147483647 bytes at byte %d, but the directory begins at byte %d"
            .formatted(content, directory(0)));
    for (int place : new int[] {begin + 18, begin + 22, last + 20, last + 24}) {
      zip.putInt(place, -1);
    }
    assertRefused(" has preview.png of 4294967295 bytes, but an entry may have 2147483647");
    zip.putInt(last + DIRECTORY_COMPRESSED, 70);
    assertRefused(" has preview.png stored in 70 bytes, but states 4294967295");
  }

  @Test
  void hugeSparseFileIsRefusedWithoutBeingRead() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(genuine);
      sparse.setLength(1L << 40);
    }
    assertReadFails(" is cut off, or something follows it: it does not end like a ZIP archive");
  }

  @Test
  void directoryThatIsNotWhereItShouldBeIsRefused() throws IOException {
    int end = bytes.length - END_BYTES;
    int size = zip.getInt(end + 12);
    int offset = zip.getInt(end + 16);
    zip.putInt(end + 16, -1);
    assertRefused(
        (" has a directory of %d bytes at byte 4294967295, but it must end at byte %d and may have"
                + " 1048576 bytes")
            .formatted(size, end));
    zip.putInt(end + 12, size + 46);
    zip.putInt(end + 16, offset - 46);
    assertRefused(" has a directory of less than the 5 entries that it states");
  }

  @Test
  void countThatIsNotTrueIsRefused() throws IOException {
    int end = bytes.length - END_BYTES;
    zip.putShort(end + 8, (short) -1).putShort(end + 10, (short) -1);
    assertRefused(" has 65535 entries, but may have 64");
    zip.putShort(end + 8, (short) 6).putShort(end + 10, (short) 6);
    assertRefused(" has a directory of less than the 6 entries that it states");
    zip.putShort(end + 8, (short) 4).putShort(end + 10, (short) 4);
    assertRefused(" has bytes that belong to no entry");
    zip.putShort(end + 10, (short) 5);
    assertRefused(" has several volumes or a comment, but a bundle is one plain ZIP archive");
  }

  @Test
  void namesThatReachBeyondTheDirectoryAreRefused() throws IOException {
    zip.putShort(directory(4) + 28, (short) -1);
    assertRefused(" has a directory that ends within its entry 4");
  }

  @Test
  void entriesThatShareBytesAreRefused() throws IOException {
    zip.putInt(directory(2) + DIRECTORY_OFFSET, zip.getInt(directory(1) + DIRECTORY_OFFSET));
    assertThatReadFailsOn("vqvae.safetensors at byte");
  }

  @Test
  void bytesBetweenEntriesAreRefused() throws IOException {
    byte[] longer = new byte[genuine.length + 5];
    int gap = directory(0);
    System.arraycopy(genuine, 0, longer, 0, gap);
    System.arraycopy(genuine, gap, longer, gap + 5, genuine.length - gap);
    edit(longer);
    zip.putInt(longer.length - END_BYTES + 16, gap + 5);
    assertRefused(" has bytes that belong to no entry");
  }

  @Test
  void bytesInFrontOrBehindAreRefused() throws IOException {
    edit(Arrays.copyOf(genuine, genuine.length + 1));
    assertRefused(" is cut off, or something follows it: it does not end like a ZIP archive");
    byte[] shifted = new byte[genuine.length + 4];
    System.arraycopy(genuine, 0, shifted, 4, genuine.length);
    edit(shifted);
    assertRefused(" is no bundle: it does not begin like a ZIP archive of 22 bytes or more");
  }

  @Test
  void twoDescriptionsOfAnEntryMustAgree() throws IOException {
    zip.put(30, (byte) 'M');
    assertRefused(" describes manifest.pb in the directory otherwise than at byte 0");
    zip.put(30, (byte) 'm').putInt(14, 0);
    assertRefused(" describes manifest.pb in the directory otherwise than at byte 0");
  }

  @Test
  void entryThatWouldBeginInTheDirectoryIsRefused() throws IOException {
    // The first entry is made to reach up to the directory, so the second has no place.
    int manifestBytes = directory(0) - 30 - "manifest.pb".length();
    for (int place : new int[] {18, 22, directory(0) + 20, directory(0) + DIRECTORY_SIZE}) {
      zip.putInt(place, manifestBytes);
    }
    zip.putInt(directory(1) + DIRECTORY_OFFSET, directory(0));
    assertRefused(" has tokenizer.pb at byte %d, where the directory is".formatted(directory(0)));
  }

  /** Where the directory describes the entry of an index. */
  private int directory(int index) {
    int place = zip.getInt(bytes.length - END_BYTES + 16);
    for (int i = 0; i < index; i++) {
      place += DIRECTORY_NAME + zip.getShort(place + 28);
    }
    return place;
  }

  private void assertRefused(String message) throws IOException {
    Files.write(file, bytes);
    assertReadFails(message);
  }

  private void assertThatReadFailsOn(String part) throws IOException {
    Files.write(file, bytes);
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageStartingWith(file + " has " + part);
  }

  private void assertReadFails(String message) {
    assertThatIOException().isThrownBy(() -> Bundle.read(file)).withMessage(file + message);
  }
}
