package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;

/** A primitive whose tensors are still to be given, each under one of oneDNN's argument numbers. */
public final class Primitive {
  private final OneDnn dnn;
  private final primitive_desc_base description;
  private final primitive made;

  Primitive(OneDnn dnn, primitive_desc_base description, primitive made) {
    this.dnn = dnn;
    this.description = description;
    this.made = made;
  }

  /** Name of the implementation that oneDNN chose. */
  public String implementation() {
    return description.impl_info_str().getString();
  }

  /** The weights' layout that oneDNN chose. */
  public memory.desc weights() {
    return description.weights_desc(0);
  }

  /** The layout that oneDNN chose for the weights' gradient. */
  public memory.desc weightGradients() {
    return description.diff_weights_desc(0);
  }

  /** The call of one that makes y of x. */
  public Call call(Operand x, Operand y) {
    return with(DNNL_ARG_SRC, x).and(DNNL_ARG_DST, y).call();
  }

  /** The call of a product c = a·b. */
  public Call productCall(Operand a, Operand b, Operand c) {
    return with(DNNL_ARG_SRC, a).and(DNNL_ARG_WEIGHTS, b).and(DNNL_ARG_DST, c).call();
  }

  /** Starts a list of arguments. */
  public Arguments with(int argument, Operand operand) {
    return new Arguments().and(argument, operand);
  }

  /** Starts a list of arguments with memory in oneDNN's own layout. */
  public Arguments with(int argument, memory own) {
    return new Arguments().and(argument, own);
  }

  /** Tensors by argument number. */
  public final class Arguments {
    private final IntMemoryMap map = new IntMemoryMap();

    /** Adds a tensor. */
    public Arguments and(int argument, Operand operand) {
      return and(argument, operand.memory());
    }

    /** Adds memory in oneDNN's own layout. */
    public Arguments and(int argument, memory own) {
      map.put(argument, own);
      return this;
    }

    /** The call. */
    public Call call() {
      return dnn.call(description, made, map);
    }
  }
}
