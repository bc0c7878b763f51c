package dev.tessera.cli.bench;

import dev.tessera.engine.plan.WorkerThreads;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
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
    try (WorkerThreads threads = Machine.cores()) {
      int count = threads.count();
      BytePointer[] from = new BytePointer[count];
      BytePointer[] to = new BytePointer[count];
      try {
        for (int core = 0; core < count; core++) {
          from[core] = new BytePointer(BYTES);
          to[core] = new BytePointer(BYTES);
          // Memory that was never written to is all one page.
          Pointer.memset(from[core], 1, BYTES);
          Pointer.memset(to[core], 1, BYTES);
        }
        IntConsumer copy = core -> Pointer.memcpy(to[core], from[core], BYTES);
        return 2.0 * count * BYTES / Fastest.of(ROUNDS, () -> threads.run(copy));
      } finally {
        Stream.concat(Stream.of(from), Stream.of(to))
            .filter(Objects::nonNull)
            .forEach(BytePointer::close);
      }
    }
  }
}
