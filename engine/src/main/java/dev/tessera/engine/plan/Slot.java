package dev.tessera.engine.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;

/** A buffer that values use one after another; it grows while the plan is compiled. */
final class Slot {
  final DataType type;
  private long length = 1;
  private @Nullable DataBuffer buffer;

  /**
   * @param buffer large enough for the only value that will use it; null for one to be made
   */
  Slot(DataType type, @Nullable DataBuffer buffer) {
    this.type = type;
    this.buffer = buffer;
  }

  long length() {
    return length;
  }

  long bytes() {
    return length * type.width();
  }

  void grow(long wanted) {
    length = Math.max(length, wanted);
  }

  /** Whether its buffer is still to be made. */
  boolean isHomeless() {
    return buffer == null;
  }

  /** Gives it a buffer of at least its length. */
  void place(DataBuffer home) {
    buffer = home;
  }

  DataBuffer buffer() {
    if (buffer == null) {
      throw new IllegalStateException("a buffer of " + length + " numbers has not been placed");
    }
    return buffer;
  }
}
