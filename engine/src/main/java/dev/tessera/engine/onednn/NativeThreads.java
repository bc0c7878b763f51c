package dev.tessera.engine.onednn;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many further threads native libraries use for what one Java thread asks of them. libgomp
 * keeps that number for each calling thread, so others are not limited.
 */
public final class NativeThreads {
  private NativeThreads() {}

  /** Lets the calling thread compute alone; returns what was allowed before. */
  public static int limitToOne() {
    NativeOps operations = Loaded.OPERATIONS;
    int before = operations.ompGetMaxThreads();
    operations.setOmpNumThreads(1);
    return before;
  }

  /** Allows the calling thread as many as before. */
  public static void restore(int before) {
    Loaded.OPERATIONS.setOmpNumThreads(before);
  }

  /** On first use. */
  private static final class Loaded {
    static final NativeOps OPERATIONS;

    static {
      // Starts ND4J where that has not happened, without which there are no native operations.
      Nd4j.getExecutioner();
      OPERATIONS = NativeOpsHolder.getInstance().getDeviceNativeOps();
    }
  }
}
