package dev.tessera.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;
import java.util.random.RandomGenerator;
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
  /** The newest version of {@code tokenizer.pb} that this class reads; the package tells all. */
  public static final int FORMAT_VERSION = 2;

  /** A vocabulary of the bytes and end of text alone. */
  public static final int MINIMUM_VOCABULARY = 257;

  public static final int MAXIMUM_VOCABULARY = 1 << 16;

  /** Longest token: a merge is learned and accepted only up to here. */
  public static final int MAXIMUM_TOKEN_BYTES = 256;

  /** Several times what the largest vocabulary takes on disk. */
  private static final long MAXIMUM_FILE_BYTES = 4L << 20;

  private static final int BYTES = 256;

  private static final RandomGenerator NEVER_ASKED =
      () -> {
        throw new AssertionError("nothing is drawn without dropout");
      };

  /** The bytes of each id below end of text. */
  private final byte[][] tokens;

  private final SplitRule splitRule;
  private final int[] left;
  private final int[] right;
  private final MergeTable merges;

  private Bpe(SplitRule splitRule, int[] left, int[] right) {
    this.splitRule = splitRule;
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
    return new Bpe(SplitRule.CAPTIONS, learned[0], learned[1]);
  }

  /**
   * The vocabulary of merges that somebody else learned.
   *
   * @param left of each merge, in order, an id that comes before it: 0 to 255 + its index
   * @param right likewise
   * @throws IllegalArgumentException if the merges are too many, repeated, too long, or made of ids
   *     that do not come before them
   */
  public static Bpe of(SplitRule splitRule, int[] left, int[] right) {
    if (left.length > MAXIMUM_VOCABULARY - MINIMUM_VOCABULARY) {
      throw new IllegalArgumentException(
          "tokenizer has %d merges, but may have %d"
              .formatted(left.length, MAXIMUM_VOCABULARY - MINIMUM_VOCABULARY));
    }
    for (int i = 0; i < left.length; i++) {
      requireEarlier(i, "left", left[i]);
      requireEarlier(i, "right", right[i]);
    }
    return new Bpe(splitRule, left.clone(), right.clone());
  }

  /** The ids of a text, without end of text; none for the empty text. */
  public int[] encode(String text) {
    return encode(text, 0, NEVER_ASKED);
  }

  /**
   * The ids of a text with BPE dropout (Provilkov et al., ACL 2020): rarer words come in other,
   * smaller parts each time, so that a model learns what they are made of. They decode to the same
   * text. For training alone.
   *
   * @param dropout probability that a merge is passed over, 0 to 1; 1 gives bytes, 0 the ids of
   *     {@link #encode(String)} without drawing anything
   */
  public int[] encode(String text, double dropout, RandomGenerator random) {
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException("dropout is " + dropout + ", but must be 0 to 1");
    }
    CaptionSplitter splitter = new CaptionSplitter(splitRule);
    splitter.reset(text);
    IntStream.Builder ids = IntStream.builder();
    while (splitter.advance()) {
      for (int id : merges.apply(Utf8.ids(splitter.getText()), dropout, random)) {
        ids.add(id);
      }
    }
    return ids.build().toArray();
  }

  /** The ids of one piece of {@link CaptionSplitter}. */
  int[] encodePiece(String piece) {
    return merges.apply(Utf8.ids(piece), 0, NEVER_ASKED);
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

  /** How texts are cut before merges join their bytes. */
  public SplitRule splitRule() {
    return splitRule;
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
    return new StoredBpe(splitRule, left, right).toProto();
  }

  /**
   * The vocabulary of a message.
   *
   * @throws IllegalArgumentException if the format version or the split rule is not known, or as
   *     {@link #of}
   */
  public static Bpe fromProto(dev.tessera.proto.Bpe proto) {
    StoredBpe stored = StoredBpe.of(proto);
    return of(stored.splitRule(), stored.left(), stored.right());
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
        && splitRule == that.splitRule
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

  private static void requireEarlier(int merge, String side, int id) {
    if (Integer.compareUnsigned(id, BYTES + merge) >= 0) {
      throw new IllegalArgumentException(
          "tokenizer merge %d: %s id is %s, but must be 0 to %d"
              .formatted(merge, side, Integer.toUnsignedString(id), BYTES + merge - 1));
    }
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
