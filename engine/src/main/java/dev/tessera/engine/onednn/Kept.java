package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;

/**
 * Memory that stays where it is.
 *
 * @param held in any layout
 * @param owner of what it lies in
 * @param address of its first byte
 */
record Kept(memory held, memory owner, long address) {
  Kept(memory held, memory owner) {
    this(held, owner, held.get_data_handle().address());
  }

  /** Memory of its own. */
  Kept(memory held) {
    this(held, held);
  }

  memory.desc layout() {
    return held.get_desc();
  }
}
