package dev.tessera.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** How fast memory is copied with all cores at work. */
final class MemoryBandwidth {
  /** Copied by each core: far more than its share of any cache. */
  private static final long BYTES = 192L << 20;

  private static final int ROUNDS = 5;

  private MemoryBandwidth() {}

  /** Bytes per second, those read and those written. */
  static double measure() {
    int count = Cores.available();
    List<BytePointer> buffers = new ArrayList<>();
    List<Runnable> copies = new ArrayList<>();
    try (Cores threads = new Cores(count)) {
      for (int i = 0; i < count; i++) {
        BytePointer from = new BytePointer(BYTES);
        BytePointer to = new BytePointer(BYTES);
        buffers.add(from);
        buffers.add(to);
        // Memory that was never written to is all one page.
        Pointer.memset(from, 1, BYTES);
        copies.add(() -> Pointer.memcpy(to, from, BYTES));
      }
      return 2.0 * count * BYTES / threads.fastest(ROUNDS, copies);
    } finally {
      buffers.forEach(BytePointer::close);
    }
  }
}
