package dev.tessera.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/** UTF-8 with U+FFFD, rather than Java's question mark, for a surrogate without its partner. */
final class Utf8 {
  private static final byte[] REPLACEMENT = "\uFFFD".getBytes(UTF_8);

  private Utf8() {}

  /** The bytes of a text as ids, each 0 to 255. */
  static int[] ids(String text) {
    ByteBuffer bytes;
    try {
      bytes =
          UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .replaceWith(REPLACEMENT)
              .encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new AssertionError("malformed input is replaced", e);
    }
    int[] ids = new int[bytes.remaining()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Byte.toUnsignedInt(bytes.get());
    }
    return ids;
  }

  /** How many bytes {@link #ids} makes of a code point, 1 to 4. */
  static int length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
