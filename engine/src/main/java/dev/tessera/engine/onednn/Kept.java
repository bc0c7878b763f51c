package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;

/**
 * Memory that stays where it is.
 *
 * @param held in any layout
 * @param address of its first byte
 */
record Kept(memory held, long address) {
  Kept(memory held) {
    this(held, held.get_data_handle().address());
  }

  memory.desc layout() {
    return held.get_desc();
  }
}
