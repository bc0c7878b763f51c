package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Memory for many tensors that are read one after the other, in few large pieces: Linux gives large
 * pages to those alone, and memory is read faster the fewer pages it is in. Not thread-safe.
 */
public final class Arena {
  private static final long PIECE_BYTES = 32L << 20;
  private static final long LINE_BYTES = 64;

  private final OneDnn dnn;
  private @Nullable memory piece;
  private long next;
  private long end;

  /**
   * @param dnn of the calling thread
   */
  public Arena(OneDnn dnn) {
    this.dnn = dnn;
  }

  /** Memory in a layout of oneDNN's own, which stays as long as the result. */
  Kept take(memory.desc description) {
    long bytes = (description.get_size() + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
    memory owner = piece;
    if (owner == null || end - next < bytes) {
      long size = Math.max(PIECE_BYTES, bytes);
      owner = dnn.allocate(Layout.dense(DataType.FLOAT, size / Float.BYTES).description());
      piece = owner;
      next = owner.get_data_handle().address();
      end = next + size;
    }
    Address address = new Address(next);
    next += bytes;
    return new Kept(new memory(description, OneDnn.processor(), address), owner);
  }
}
