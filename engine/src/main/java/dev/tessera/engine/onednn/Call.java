package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;

/** A primitive with its tensors. Not thread-safe. */
public final class Call implements Runnable {
  private final primitive made;
  private final stream queue;
  private final IntMemoryMap arguments;

  Call(primitive made, stream queue, IntMemoryMap arguments) {
    this.made = made;
    this.queue = queue;
    this.arguments = arguments;
  }

  /** Computes; on a processor, everything is done when this returns. */
  @Override
  public void run() {
    made.execute(queue, arguments);
  }
}
