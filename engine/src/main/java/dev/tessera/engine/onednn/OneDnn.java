package dev.tessera.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.layer_normalization_backward;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.softmax_backward;
import org.bytedeco.dnnl.softmax_forward;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Makes primitives. Those of one instance share one scratchpad, so at most one of their calls may
 * run at a time.
 */
public final class OneDnn {
  private static final int SCALE_AND_SHIFT = 2 | 4;
  private static final short BFLOAT16_ONE = 0x3F80;

  /** Loaded on first use. */
  private static final class Processor {
    static final engine ENGINE = new engine(engine.kind.cpu, 0);
  }

  private final stream queue = new stream(processor());
  private final Map<Object, memory> constants = new HashMap<>();
  private final Map<Object, Primitive> shared = new HashMap<>();
  private final List<memory> scratchpads = new ArrayList<>();
  private @Nullable memory scratch;

  /** Whether oneDNN's library loads here. */
  public static boolean isAvailable() {
    try {
      return !processor().isNull();
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Whether the processor multiplies bfloat16 numbers itself (AVX-512 BF16 or AMX). */
  public static boolean multipliesBfloat16() {
    int needed = dnnl_cpu_isa_avx512_core_bf16;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /**
   * Whether the processor multiplies tiles (AMX): products then cost so little that the layout of
   * their operands decides.
   */
  public static boolean multipliesTiles() {
    int needed = dnnl_cpu_isa_avx512_core_amx;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /** Whether bfloat16 can be computed with at all, if only by way of single precision (AVX-512). */
  public static boolean takesBfloat16() {
    int needed = dnnl_cpu_isa_avx512_core;
    return (dnnl_get_effective_cpu_isa() & needed) == needed;
  }

  /** The instruction set that oneDNN uses at most, by its own name. */
  public static String instructionSet() {
    return dnnl.get_effective_cpu_isa().intern().name();
  }

  static engine processor() {
    return Processor.ENGINE;
  }

  /**
   * A primitive for calls that differ in their tensors alone, made once.
   *
   * @param key of all that distinguishes it from others
   */
  public Primitive shared(Object key, Supplier<Primitive> maker) {
    return shared.computeIfAbsent(key, absent -> maker.get());
  }

  /** c = a·b + bias, of two or more axes; the factor applies before the mask is added. */
  public Primitive matmul(Layout a, Layout b, @Nullable Layout bias, Layout c, Fusion fusion) {
    primitive_attr attributes = attributes();
    attributes.set_post_ops(fusion.postOperations());
    matmul.primitive_desc description =
        bias == null
            ? new matmul.primitive_desc(
                processor(), a.description(), b.description(), c.description(), attributes, false)
            : new matmul.primitive_desc(
                processor(),
                a.description(),
                b.description(),
                bias.description(),
                c.description(),
                attributes,
                false);
    return new Primitive(this, description, new matmul(description));
  }

  /** c = a·b, of some matrices each. */
  public Primitive matmul(Layout a, PairedMatrices b, Layout c, Fusion fusion) {
    primitive_attr attributes = attributes();
    attributes.set_post_ops(fusion.postOperations());
    matmul.primitive_desc description =
        new matmul.primitive_desc(
            processor(), a.description(), b.description(), c.description(), attributes, false);
    return new Primitive(this, description, new matmul(description));
  }

  /** c = a·b + bias of matrices, where oneDNN chooses the layout of b. */
  public Primitive matmulOfPacked(Layout a, Layout b, @Nullable Layout bias, Layout c) {
    memory.desc packed =
        new memory.desc(b.sizes(), Layout.dataType(b.type()), memory.format_tag.any);
    matmul.primitive_desc description =
        bias == null
            ? new matmul.primitive_desc(
                processor(), a.description(), packed, c.description(), attributes(), false)
            : new matmul.primitive_desc(
                processor(),
                a.description(),
                packed,
                bias.description(),
                c.description(),
                attributes(),
                false);
    return new Primitive(this, description, new matmul(description));
  }

  /**
   * What a product does with its result before it is stored.
   *
   * @param factor of the product
   * @param mask that is added
   * @param kept what is added of the numbers that were there; 0 for none
   */
  public record Fusion(float factor, @Nullable Layout mask, float kept) {
    /** The product as it is. */
    public static final Fusion NONE = new Fusion(1, null, 0);

    /** Argument number of the mask. */
    public int maskArgument() {
      return dnnl.DNNL_ARG_SRC_1 | dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (factor == 1 ? 1 : 2);
    }

    private post_ops postOperations() {
      post_ops operations = new post_ops();
      if (factor != 1) {
        operations.append_eltwise(algorithm.eltwise_linear, factor, 0);
      }
      if (mask != null) {
        operations.append_binary(algorithm.binary_add, mask.description());
      }
      if (kept != 0) {
        operations.append_sum(kept, 0, memory.data_type.undef);
      }
      return operations;
    }
  }

  /** Gradients of a product's weights [I, O] and bias [O] from inputs [N, I] and [N, O]. */
  public Primitive productWeightGradients(Layout x, Layout dy, Layout dw, @Nullable Layout db) {
    // oneDNN's weights are [O, I]: the transpose of ours, by strides alone.
    memory.desc weights = dw.transposed(0, 1).description();
    Layout ownType = new Layout(x.type(), dw.sizes(), dw.strides());
    memory.desc likeInputs = ownType.transposed(0, 1).description();
    inner_product_forward.primitive_desc forward =
        new inner_product_forward.primitive_desc(
            processor(),
            prop_kind.forward_training,
            x.description(),
            likeInputs,
            dy.description(),
            attributes(),
            false);
    inner_product_backward_weights.primitive_desc description =
        db == null
            ? new inner_product_backward_weights.primitive_desc(
                processor(),
                x.description(),
                weights,
                dy.description(),
                forward,
                attributes(),
                false)
            : new inner_product_backward_weights.primitive_desc(
                processor(),
                x.description(),
                weights,
                db.description(),
                dy.description(),
                forward,
                attributes(),
                false);
    return new Primitive(this, description, new inner_product_backward_weights(description));
  }

  /** Copies from one layout or type to another. */
  public Primitive reorder(Layout from, Layout to) {
    return reorder(from.description(), to.description());
  }

  /** Copies to memory in oneDNN's own layout. */
  public Primitive reorder(Layout from, memory to) {
    return reorder(from.description(), to.get_desc());
  }

  /** Copies from memory in oneDNN's own layout. */
  public Primitive reorder(memory from, Layout to) {
    return reorder(from.get_desc(), to.description());
  }

  /** Copies from one of oneDNN's own layouts or types to another. */
  Primitive reorder(memory from, memory to) {
    return reorder(from.get_desc(), to.get_desc());
  }

  private Primitive reorder(memory.desc from, memory.desc to) {
    reorder.primitive_desc description =
        new reorder.primitive_desc(processor(), from, processor(), to, attributes(), false);
    return new Primitive(this, description, new reorder(description));
  }

  /** y = f(x), element by element. */
  public Primitive elementwise(algorithm function, float alpha, float beta, Layout x, Layout y) {
    eltwise_forward.primitive_desc description = elementwiseForward(function, alpha, beta, x, y);
    return new Primitive(this, description, new eltwise_forward(description));
  }

  private eltwise_forward.primitive_desc elementwiseForward(
      algorithm function, float alpha, float beta, Layout x, Layout y) {
    return new eltwise_forward.primitive_desc(
        processor(),
        prop_kind.forward_training,
        function,
        x.description(),
        y.description(),
        alpha,
        beta,
        attributes(),
        false);
  }

  /** dx = f'(x)·dy, element by element, all of one layout. */
  public Primitive elementwiseGradient(algorithm function, float alpha, float beta, Layout x) {
    eltwise_backward.primitive_desc description =
        new eltwise_backward.primitive_desc(
            processor(),
            function,
            x.description(),
            x.description(),
            x.description(),
            alpha,
            beta,
            elementwiseForward(function, alpha, beta, x, x),
            attributes(),
            false);
    return new Primitive(this, description, new eltwise_backward(description));
  }

  /** c = a ∘ b; b may have axes of size 1. */
  public Primitive binary(algorithm function, Layout a, Layout b, Layout c) {
    binary.primitive_desc description =
        new binary.primitive_desc(
            processor(),
            function,
            a.description(),
            b.description(),
            c.description(),
            attributes(),
            false);
    return new Primitive(this, description, new binary(description));
  }

  /** Softmax or its logarithm along the last axis. */
  public Primitive softmax(boolean logarithm, Layout x, Layout y) {
    softmax_forward.primitive_desc description = softmaxForward(logarithm, x, y);
    return new Primitive(this, description, new softmax_forward(description));
  }

  private softmax_forward.primitive_desc softmaxForward(boolean logarithm, Layout x, Layout y) {
    return new softmax_forward.primitive_desc(
        processor(),
        prop_kind.forward_training,
        softmaxAlgorithm(logarithm),
        x.description(),
        y.description(),
        x.sizes().length - 1,
        attributes(),
        false);
  }

  /** Gradient of {@link #softmax} from its result. */
  public Primitive softmaxGradient(boolean logarithm, Layout y, Layout dy, Layout dx) {
    softmax_backward.primitive_desc description =
        new softmax_backward.primitive_desc(
            processor(),
            softmaxAlgorithm(logarithm),
            dx.description(),
            dy.description(),
            y.description(),
            y.sizes().length - 1,
            softmaxForward(logarithm, y, y),
            attributes(),
            false);
    return new Primitive(this, description, new softmax_backward(description));
  }

  private static algorithm softmaxAlgorithm(boolean logarithm) {
    return logarithm ? algorithm.softmax_log : algorithm.softmax_accurate;
  }

  /** Layer normalisation of [N, D] with mean and variance [N] as further results. */
  public Primitive layerNorm(Layout x, Layout y, float epsilon) {
    layer_normalization_forward.primitive_desc description = layerNormForward(x, y, epsilon);
    return new Primitive(this, description, new layer_normalization_forward(description));
  }

  private layer_normalization_forward.primitive_desc layerNormForward(
      Layout x, Layout y, float epsilon) {
    return new layer_normalization_forward.primitive_desc(
        processor(),
        prop_kind.forward_training.value,
        x.description(),
        y.description(),
        Layout.dense(DataType.FLOAT, x.size(0)).description(),
        epsilon,
        SCALE_AND_SHIFT,
        attributes(),
        false);
  }

  /** Gradients of {@link #layerNorm}. */
  public Primitive layerNormGradients(Layout x, Layout dy, float epsilon) {
    layer_normalization_backward.primitive_desc description =
        new layer_normalization_backward.primitive_desc(
            processor(),
            prop_kind.backward.value,
            x.description(),
            dy.description(),
            x.description(),
            Layout.dense(DataType.FLOAT, x.size(0)).description(),
            epsilon,
            SCALE_AND_SHIFT,
            layerNormForward(x, dy, epsilon),
            attributes(),
            false);
    return new Primitive(this, description, new layer_normalization_backward(description));
  }

  /** Attributes of every primitive: the scratchpad is ours. */
  primitive_attr attributes() {
    primitive_attr attributes = new primitive_attr();
    attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
    return attributes;
  }

  Call call(primitive_desc_base description, primitive made, IntMemoryMap arguments) {
    memory.desc wanted = description.scratchpad_desc();
    if (wanted.get_size() > 0) {
      memory own = new memory(wanted, processor(), new Pointer());
      scratchpads.add(own);
      memory shared = scratch;
      if (shared == null || shared.get_desc().get_size() < wanted.get_size()) {
        shared = allocate(Layout.dense(DataType.FLOAT, (wanted.get_size() + 3) / 4).description());
        scratch = shared;
        for (memory each : scratchpads) {
          each.set_data_handle(shared.get_data_handle());
        }
      }
      own.set_data_handle(shared.get_data_handle());
      arguments.put(DNNL_ARG_SCRATCHPAD, own);
    }
    return new Call(made, queue, arguments);
  }

  /**
   * Numbers that never change, made once for all that ask under one key and kept as long as this.
   *
   * @param values row-major
   */
  public Tensor constant(Object key, Supplier<float[]> values, long... sizes) {
    Layout layout = Layout.dense(DataType.FLOAT, sizes);
    memory kept =
        constants.computeIfAbsent(
            key,
            absent -> {
              memory made = allocate(layout.description());
              new FloatPointer(made.get_data_handle()).put(values.get());
              return made;
            });
    return new Tensor(layout, kept.get_data_handle().address());
  }

  /** A row of ones, [1, length]. */
  public Tensor ones(DataType type, long length) {
    Layout layout = Layout.dense(type, 1, length);
    memory kept =
        constants.computeIfAbsent(
            List.of("ones", type, length),
            absent -> {
              memory made = allocate(layout.description());
              Tensor tensor = new Tensor(layout, made.get_data_handle().address());
              ByteBuffer bytes = tensor.bytes();
              while (bytes.hasRemaining()) {
                if (type == DataType.FLOAT) {
                  bytes.putFloat(1);
                } else {
                  bytes.putShort(BFLOAT16_ONE);
                }
              }
              return made;
            });
    return new Tensor(layout, kept.get_data_handle().address());
  }

  /** Memory in a layout of oneDNN's own that lies in a tensor's, which must be large enough. */
  public memory within(Tensor tensor, memory.desc description) {
    long bytes = tensor.length() * tensor.layout().type().width();
    if (description.get_size() > bytes) {
      throw new IllegalArgumentException(
          String.format(
              "the layout needs %d bytes, but there is room for %d",
              description.get_size(), bytes));
    }
    return new memory(description, processor(), tensor.pointer());
  }

  /** Memory in a layout of oneDNN's own, kept as long as the result. */
  public memory allocate(memory.desc description) {
    return new memory(description, processor());
  }
}
