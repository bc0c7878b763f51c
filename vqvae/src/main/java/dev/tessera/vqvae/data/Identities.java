package dev.tessera.vqvae.data;

import java.util.Arrays;

/**
 * Which picture was the first with given bytes. Of each picture only 64 bits of a SHA-256 are kept,
 * in a table of 12 bytes a slot, at most half of them taken: a million pictures take 24 to 48 MB.
 * The chance that two of a million different pictures are taken for one is 3 in 100 million.
 */
final class Identities {
  /** No picture. */
  static final int NONE = -1;

  private static final int SMALLEST = 1 << 10;

  private long[] keys = new long[SMALLEST];
  private int[] pictures = new int[SMALLEST];
  private int size;

  Identities() {
    Arrays.fill(pictures, NONE);
  }

  /**
   * Tells who came first.
   *
   * @param key what {@link Digest#key} makes of the bytes
   * @param picture a number from 0 on, remembered if no other has the key
   * @return the number that was remembered for the key before, or {@link #NONE}
   */
  int first(long key, int picture) {
    int slot = slot(key);
    if (pictures[slot] != NONE) {
      return pictures[slot];
    }
    keys[slot] = key;
    pictures[slot] = picture;
    if (++size > keys.length / 2) {
      grow();
    }
    return NONE;
  }

  /** The number that was remembered for the key, or {@link #NONE}. */
  int find(long key) {
    return pictures[slot(key)];
  }

  private int slot(long key) {
    int slot = (int) (key >>> 32) & keys.length - 1;
    while (pictures[slot] != NONE && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldPictures = pictures;
    keys = new long[oldKeys.length * 2];
    pictures = new int[keys.length];
    Arrays.fill(pictures, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldPictures[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        pictures[slot] = oldPictures[i];
      }
    }
  }
}
