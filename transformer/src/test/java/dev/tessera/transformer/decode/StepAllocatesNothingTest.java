package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tessera.transformer.TransformerConfig;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepAllocatesNothingTest {
  /** Less than the smallest array of a row would take. */
  private static final long NOTHING = 256;

  @ParameterizedTest
  @EnumSource
  void onAnyThread(WeightFormat format) {
    TransformerConfig config = TransformerConfig.causal(300, 40, 260, 6, 9, 192, 2, 6);
    int rows = 19;
    int steps = config.sequenceLength();
    int[] tokens = new int[rows];
    try (IncrementalDecoder decoder = Models.decoder(config, 1, rows, format)) {
      run(decoder, tokens, steps);
      run(decoder, tokens, steps);
      long[] threads = threads();
      allocated(threads); // The first time it allocates itself.
      long before = allocated(threads);
      run(decoder, tokens, steps);
      long after = allocated(threads);
      assertThat((after - before) / steps).isLessThan(NOTHING);
    }
  }

  private static void run(IncrementalDecoder decoder, int[] tokens, int steps) {
    decoder.start(tokens.length);
    for (int i = 0; i < steps; i++) {
      decoder.step(tokens, i, i + 1, Range.IMAGE);
    }
  }

  /** This one and those of decoders. */
  private static long[] threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread == Thread.currentThread() || thread.getName().startsWith("tessera decoder"))
        .mapToLong(Thread::getId)
        .toArray();
  }

  /** Bytes that threads have ever asked for. */
  private static long allocated(long[] threads) {
    ThreadMXBean machine = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(machine.getThreadAllocatedBytes(threads)).sum();
  }
}
