package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;

/**
 * Memory of one layout that can lie elsewhere at each call.
 *
 * <p>A primitive with a tensor that moves is one call for many tensors. It costs less than as many
 * calls would: what oneDNN keeps of a call takes it as long to find again in memory, when much else
 * has been read since, as small primitives take to compute. Not thread-safe.
 */
public final class Place implements Operand {
  private final Address address = new Address(0);
  private final memory held;

  /** Nowhere yet. */
  public Place(Layout layout) {
    this(layout.description());
  }

  /** Nowhere yet. */
  public Place(PairedMatrices matrices) {
    this(matrices.description());
  }

  /** In a layout of oneDNN's own. */
  Place(memory.desc description) {
    held = new memory(description, OneDnn.processor(), address);
  }

  @Override
  public memory memory() {
    return held;
  }

  /** Moves to where the first element is at an address. */
  public void move(long next) {
    if (address.address() != next) {
      address.set(next);
      held.set_data_handle(address);
    }
  }
}
