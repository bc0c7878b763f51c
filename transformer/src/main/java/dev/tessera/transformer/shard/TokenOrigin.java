package dev.tessera.transformer.shard;

import dev.tessera.engine.store.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What tokens were made from and how; where two are equal, so are the tokens.
 *
 * @param bundleDigest SHA-256 of the bundle whose stage 1 was used, 32 bytes; not copied
 * @param tokenizerDigest SHA-256 of {@code tokenizer.pb}, 32 bytes; not copied
 * @param dataDigest SHA-256 of pictures and captions, 32 bytes; not copied
 * @param forms of each training picture, 1 to 100
 * @param augmentation that made the forms after the first, in words; empty where there is only one
 * @param seed that it drew from; 0 where there is only one form
 */
public record TokenOrigin(
    byte[] bundleDigest,
    byte[] tokenizerDigest,
    byte[] dataDigest,
    int forms,
    String augmentation,
    long seed) {
  private static final int DIGEST_BYTES = 32;

  public TokenOrigin {
    requireDigest("bundle", bundleDigest);
    requireDigest("tokenizer", tokenizerDigest);
    requireDigest("data", dataDigest);
    if (forms < 1 || forms > 100) {
      throw new IllegalArgumentException(
          "forms is " + Integer.toUnsignedString(forms) + ", but must be 1 to 100");
    }
  }

  private static void requireDigest(String name, byte[] digest) {
    if (digest.length != DIGEST_BYTES) {
      throw new IllegalArgumentException(
          "%s digest has %d bytes, but must have %d".formatted(name, digest.length, DIGEST_BYTES));
    }
  }

  /** In what another origin differs, in words; nothing if they are equal. */
  List<String> differencesFrom(TokenOrigin other) {
    List<String> differences = new ArrayList<>();
    compare(differences, "bundle", bundleDigest, other.bundleDigest);
    compare(differences, "tokenizer", tokenizerDigest, other.tokenizerDigest);
    compare(differences, "data", dataDigest, other.dataDigest);
    compare(differences, "forms", forms, other.forms);
    compare(differences, "augmentation", augmentation, other.augmentation);
    compare(differences, "seed", seed, other.seed);
    return differences;
  }

  private static void compare(List<String> differences, String name, byte[] own, byte[] other) {
    compare(differences, name, start(own), start(other));
  }

  private static void compare(List<String> differences, String name, Object own, Object other) {
    if (!own.equals(other)) {
      differences.add("%s %s, not %s".formatted(name, own, other));
    }
  }

  private static String start(byte[] digest) {
    return Sha256.hex(digest).substring(0, 16) + "…";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenOrigin that
        && Arrays.equals(bundleDigest, that.bundleDigest)
        && Arrays.equals(tokenizerDigest, that.tokenizerDigest)
        && Arrays.equals(dataDigest, that.dataDigest)
        && forms == that.forms
        && augmentation.equals(that.augmentation)
        && seed == that.seed;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bundleDigest) + Arrays.hashCode(dataDigest);
  }
}
