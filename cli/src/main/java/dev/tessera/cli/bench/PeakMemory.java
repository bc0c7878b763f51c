package dev.tessera.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The most memory that this process had at once since a moment.
 *
 * @param resident bytes of all of it, native memory and heap, as the system counts; 0 where the
 *     system does not tell
 * @param heap bytes of objects on Java's heap
 */
public record PeakMemory(long resident, long heap) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  /** Starts anew, as far as the system lets it; what earlier work no longer needs is freed. */
  static void reset() {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    try {
      // 5 sets the high-water mark to what is resident now.
      Files.writeString(RESET, "5");
    } catch (IOException | UnsupportedOperationException refused) {
      // Then the mark counts from the start of the process: too high, never too low.
    }
  }

  /** The most since the last {@link #reset}. */
  static PeakMemory read() {
    long resident =
        Machine.line(STATUS, "VmHWM")
            .map(text -> Long.parseLong(text.replaceAll("\\D", "")) << 10)
            .orElse(0L);
    long heap = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    return new PeakMemory(resident, heap);
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }
}
