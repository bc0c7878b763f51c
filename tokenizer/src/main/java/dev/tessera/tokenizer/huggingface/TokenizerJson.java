package dev.tessera.tokenizer.huggingface;

import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads and writes {@code tokenizer.json}; the package says what can be. */
public final class TokenizerJson {
  /** What the special token is called in a file that is written. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  /** Several times what the largest vocabulary takes. */
  private static final long MAXIMUM_BYTES = 64L << 20;

  private TokenizerJson() {}

  /**
   * A vocabulary that was read. Its ids are Tessera's: bytes, merges in order, end of text. What
   * was trained with the file's own ids needs its rows moved.
   *
   * @param bpe the vocabulary
   * @param fileIds of each id the one that the file gives to the same token; -1 for end of text
   *     where the file has no special token
   */
  public record Imported(Bpe bpe, int[] fileIds) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Imported that
          && bpe.equals(that.bpe)
          && Arrays.equals(fileIds, that.fileIds);
    }

    @Override
    public int hashCode() {
      return 31 * bpe.hashCode() + Arrays.hashCode(fileIds);
    }
  }

  /**
   * The bytes of {@code tokenizer.json}, the same for the same vocabulary. Ids are the same in both
   * tokenizers.
   *
   * @throws IllegalArgumentException if two merges make the same token, which no learned vocabulary
   *     has
   */
  public static byte[] format(Bpe bpe) {
    return new TokenizerJsonWriter(bpe).bytes();
  }

  /**
   * The vocabulary that JSON describes.
   *
   * @param name what to call the bytes in an error
   * @throws IOException if it is no such JSON, or says something that Tessera cannot do; the
   *     message names the field
   */
  public static Imported parse(byte[] json, String name) throws IOException {
    return new TokenizerJsonReader(name).read(json);
  }

  /**
   * Reads a file.
   *
   * @throws IOException as {@link #parse} does, or if it cannot be read
   */
  public static Imported read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MAXIMUM_BYTES) {
      throw new IOException(
          "%s: has %d bytes, but a tokenizer.json that can be read has at most %d"
              .formatted(file, size, MAXIMUM_BYTES));
    }
    return parse(Files.readAllBytes(file), file.toString());
  }
}
