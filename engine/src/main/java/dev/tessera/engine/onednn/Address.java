package dev.tessera.engine.onednn;

import org.bytedeco.javacpp.Pointer;

/** A pointer that owns nothing and can point elsewhere. */
final class Address extends Pointer {
  Address(long address) {
    this.address = address;
  }

  void set(long other) {
    address = other;
  }
}
