package dev.tessera.transformer.decode;

/** Keys and values of all inputs so far, for each slot and each layer. */
interface KeyValueCache {
  /** Makes a slot what another one is, of {@code length} inputs. */
  void copy(int from, int to, int length);
}
