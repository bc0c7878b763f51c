package dev.tessera.engine.plan;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A buffer that values use one after another; it grows while the plan is compiled. */
final class Slot {
  final DataType type;
  private long length;
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

  DataBuffer buffer() {
    if (buffer == null) {
      buffer = Nd4j.createBuffer(type, Math.max(1, length), true);
    }
    return buffer;
  }
}
