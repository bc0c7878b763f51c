package dev.tessera.engine.onednn;

import org.bytedeco.dnnl.memory;

/** What a primitive is given under one of its argument numbers. */
public sealed interface Operand permits Tensor, Place {
  /** As oneDNN knows it. */
  memory memory();
}
