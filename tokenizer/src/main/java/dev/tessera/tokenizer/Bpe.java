package dev.tessera.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.proto.Bpe.Merge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A byte-level BPE vocabulary. Ids 0 to 255 are the bytes of UTF-8, merge i makes id 256 + i out of
 * two lower ids, and end of text is the last id, {@code vocabularySize() - 1}.
 *
 * <p>{@code decode(encode(text))} is {@code text} for every string of Unicode text. A Java string
 * can also hold a surrogate without its partner, which UTF-8 has no bytes for: it is encoded as
 * U+FFFD, the replacement character.
 *
 * <p>Immutable and safe for use by many threads.
 */
public final class Bpe {
  /** Version of {@code tokenizer.pb} that this class writes, and the only one that it reads. */
  public static final int FORMAT_VERSION = 1;

  /** A vocabulary of the bytes and end of text alone. */
  public static final int MINIMUM_VOCABULARY = 257;

  public static final int MAXIMUM_VOCABULARY = 1 << 16;

  /** Longest token: a merge is learned and accepted only up to here. */
  public static final int MAXIMUM_TOKEN_BYTES = 256;

  /** Several times what the largest vocabulary takes on disk. */
  private static final long MAXIMUM_FILE_BYTES = 4L << 20;

  private static final int BYTES = 256;

  /** The bytes of each id below end of text. */
  private final byte[][] tokens;

  private final int[] left;
  private final int[] right;
  private final MergeTable merges;

  private Bpe(int[] left, int[] right) {
    this.left = left;
    this.right = right;
    this.merges = new MergeTable(left, right);
    this.tokens = new byte[BYTES + left.length][];
    for (int b = 0; b < BYTES; b++) {
      tokens[b] = new byte[] {(byte) b};
    }
    for (int i = 0; i < left.length; i++) {
      tokens[BYTES + i] = concatenate(i, tokens[left[i]], tokens[right[i]]);
    }
  }

  /**
   * Learns a vocabulary: starting from bytes, joins the most frequent pair of neighbours within the
   * pieces of {@link CaptionSplitter}, again and again. Of equally frequent pairs the one with the
   * smaller left id, then the smaller right id, goes first. A pair must occur twice to be joined.
   *
   * @param captions texts; their order has no influence
   * @param vocabularySize ids wanted, bytes and end of text included, {@value #MINIMUM_VOCABULARY}
   *     to {@value #MAXIMUM_VOCABULARY}; the result is smaller if nothing is left to join
   */
  public static Bpe train(Iterable<String> captions, int vocabularySize) {
    if (vocabularySize < MINIMUM_VOCABULARY || vocabularySize > MAXIMUM_VOCABULARY) {
      throw new IllegalArgumentException(
          "text vocabulary is %d, but must be %d to %d"
              .formatted(vocabularySize, MINIMUM_VOCABULARY, MAXIMUM_VOCABULARY));
    }
    BpeTrainer trainer = new BpeTrainer(captions);
    int[][] learned = trainer.learn(vocabularySize - MINIMUM_VOCABULARY);
    return new Bpe(learned[0], learned[1]);
  }

  /** The ids of a text, without end of text; none for the empty text. */
  public int[] encode(String text) {
    CaptionSplitter splitter = new CaptionSplitter();
    splitter.reset(text);
    IntStream.Builder ids = IntStream.builder();
    while (splitter.advance()) {
      for (int id : encodePiece(splitter.getText())) {
        ids.add(id);
      }
    }
    return ids.build().toArray();
  }

  /** The ids of one piece of {@link CaptionSplitter}. */
  int[] encodePiece(String piece) {
    return merges.apply(Utf8.ids(piece));
  }

  /** How many bytes an id below end of text stands for. */
  int tokenBytes(int id) {
    return tokens[id].length;
  }

  /**
   * The text of ids, up to the first end of text. Bytes that are no UTF-8, which a model may well
   * produce, become U+FFFD.
   *
   * @param ids each 0 to {@code vocabularySize() - 1}
   */
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < ids.length; i++) {
      int id = ids[i];
      if (id < 0 || id > endOfText()) {
        throw new IllegalArgumentException(
            "text token %d is %d, but must be 0 to %d".formatted(i, id, endOfText()));
      }
      if (id == endOfText()) {
        break;
      }
      bytes.writeBytes(tokens[id]);
    }
    return bytes.toString(UTF_8);
  }

  /** Ids: 256 bytes, the merges and end of text. */
  public int vocabularySize() {
    return endOfText() + 1;
  }

  /** The id that ends a text, the last one. */
  public int endOfText() {
    return tokens.length;
  }

  /** The message that {@code tokenizer.pb} holds. */
  public dev.tessera.proto.Bpe toProto() {
    dev.tessera.proto.Bpe.Builder proto =
        dev.tessera.proto.Bpe.newBuilder().setFormatVersion(FORMAT_VERSION);
    for (int i = 0; i < left.length; i++) {
      proto.addMerges(Merge.newBuilder().setLeft(left[i]).setRight(right[i]));
    }
    return proto.build();
  }

  /**
   * The vocabulary of a message.
   *
   * @throws IllegalArgumentException if the format version is another one, or if the merges are too
   *     many, repeated, too long, or made of ids that do not come before them
   */
  public static Bpe fromProto(dev.tessera.proto.Bpe proto) {
    if (proto.getFormatVersion() != FORMAT_VERSION) {
      String version = Integer.toUnsignedString(proto.getFormatVersion());
      throw new IllegalArgumentException(
          Integer.compareUnsigned(proto.getFormatVersion(), FORMAT_VERSION) > 0
              ? "tokenizer format version is %s, but this version of Tessera reads only %d: update it"
                  .formatted(version, FORMAT_VERSION)
              : "tokenizer format version is %s, but must be %d: this is no tokenizer"
                  .formatted(version, FORMAT_VERSION));
    }
    int count = proto.getMergesCount();
    if (count > MAXIMUM_VOCABULARY - MINIMUM_VOCABULARY) {
      throw new IllegalArgumentException(
          "tokenizer has %d merges, but may have %d"
              .formatted(count, MAXIMUM_VOCABULARY - MINIMUM_VOCABULARY));
    }
    int[] left = new int[count];
    int[] right = new int[count];
    for (int i = 0; i < count; i++) {
      left[i] = requireEarlier(i, "left", proto.getMerges(i).getLeft());
      right[i] = requireEarlier(i, "right", proto.getMerges(i).getRight());
    }
    return new Bpe(left, right);
  }

  /** The bytes of {@code tokenizer.pb}, the same for the same vocabulary. */
  public byte[] toByteArray() {
    return toProto().toByteArray();
  }

  /**
   * The vocabulary that bytes hold. Bytes cut off exactly between two merges are those of a smaller
   * vocabulary, which only a digest kept elsewhere can tell (a bundle's manifest has one).
   *
   * @param name what to call the bytes in an error
   * @throws IOException if they hold none
   */
  public static Bpe parse(byte[] bytes, String name) throws IOException {
    try {
      return fromProto(dev.tessera.proto.Bpe.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(
          "%s: not a tokenizer, or cut off: %s".formatted(name, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  /** Writes {@code tokenizer.pb}; a file that is there already is replaced whole or not at all. */
  public void write(Path file) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(
          temporary,
          toByteArray(),
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Reads {@code tokenizer.pb}.
   *
   * @throws IOException if it cannot be read or holds no tokenizer
   */
  public static Bpe read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MAXIMUM_FILE_BYTES) {
      throw new IOException(
          "%s: has %d bytes, but a tokenizer has at most %d"
              .formatted(file, size, MAXIMUM_FILE_BYTES));
    }
    return parse(Files.readAllBytes(file), file.toString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bpe that
        && Arrays.equals(left, that.left)
        && Arrays.equals(right, that.right);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(left) + Arrays.hashCode(right);
  }

  @Override
  public String toString() {
    return "Bpe of " + vocabularySize() + " ids";
  }

  private static int requireEarlier(int merge, String side, int id) {
    if (Integer.compareUnsigned(id, BYTES + merge) >= 0) {
      throw new IllegalArgumentException(
          "tokenizer merge %d: %s id is %s, but must be 0 to %d"
              .formatted(merge, side, Integer.toUnsignedString(id), BYTES + merge - 1));
    }
    return id;
  }

  private static byte[] concatenate(int merge, byte[] left, byte[] right) {
    // Merges that double would ask for more memory than there is after thirty of them.
    int length = left.length + right.length;
    if (length > MAXIMUM_TOKEN_BYTES) {
      throw new IllegalArgumentException(
          "tokenizer merge %d: makes a token of %d bytes, but may make %d"
              .formatted(merge, length, MAXIMUM_TOKEN_BYTES));
    }
    byte[] both = Arrays.copyOf(left, length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
