package dev.tessera.vqvae.data;

import dev.tessera.engine.store.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** SHA-256 over values whose borders count: every text carries its length. */
final class Digest {
  private final MessageDigest sha256 = Sha256.digest();

  Digest bytes(byte[] bytes) {
    sha256.update(bytes);
    return this;
  }

  Digest text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return number(bytes.length).bytes(bytes);
  }

  Digest number(long value) {
    return bytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  /** The 32 bytes; the digest is empty afterwards. */
  byte[] finish() {
    return sha256.digest();
  }

  /** The first 64 bits of {@link #finish}. */
  long key() {
    return ByteBuffer.wrap(finish()).getLong();
  }

  /** A hash of texts as an even spread over [0, 1), the same on every machine and in all time. */
  static double unit(String... texts) {
    Digest digest = new Digest();
    for (String text : texts) {
      digest.text(text);
    }
    return (digest.key() >>> 11) * 0x1.0p-53;
  }
}
