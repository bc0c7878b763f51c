package dev.tessera.cli.bench;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.random.CounterRandom;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/** A batch of matrix products of oneDNN's: [b, M, K] × [b, K, N] → [b, M, N] in f32. */
final class MatrixProduct {
  /** oneDNN has no such product for this processor. */
  static final class UnsupportedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedException(RuntimeException refused) {
      super(refused);
    }
  }

  private final engine processor = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(processor);
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final matmul product;

  /**
   * @throws UnsupportedException if oneDNN cannot do it here
   */
  MatrixProduct(int batch, long rows, long inner, long columns, Precision precision) {
    memory.data_type type =
        precision == Precision.BF16 ? memory.data_type.bf16 : memory.data_type.f32;
    long[] left = {batch, rows, inner};
    long[] right = {batch, inner, columns};
    matmul.primitive_desc description;
    try {
      description =
          new matmul.primitive_desc(
              processor,
              new memory.desc(left, type, memory.format_tag.abc),
              new memory.desc(right, type, memory.format_tag.any),
              new memory.desc(
                  new long[] {batch, rows, columns}, memory.data_type.f32, memory.format_tag.abc));
    } catch (RuntimeException refused) {
      throw new UnsupportedException(refused);
    }
    product = new matmul(description);
    arguments.put(DNNL_ARG_SRC, filled(left, description.src_desc()));
    arguments.put(DNNL_ARG_WEIGHTS, filled(right, description.weights_desc()));
    arguments.put(DNNL_ARG_DST, new memory(description.dst_desc(), processor));
  }

  /** Random numbers in a layout and precision of oneDNN's choice. */
  private memory filled(long[] sides, memory.desc wanted) {
    memory.desc plain = new memory.desc(sides, memory.data_type.f32, memory.format_tag.abc);
    memory values = new memory(plain, processor);
    float[] numbers = new float[Math.toIntExact(sides[0] * sides[1] * sides[2])];
    CounterRandom random = new CounterRandom(1, "bench product", 0);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    new FloatPointer(values.get_data_handle()).put(numbers);
    memory result = new memory(wanted, processor);
    IntMemoryMap copied = new IntMemoryMap();
    copied.put(DNNL_ARG_FROM, values);
    copied.put(DNNL_ARG_TO, result);
    reorder.primitive_desc description =
        new reorder.primitive_desc(processor, plain, processor, wanted);
    new reorder(description).execute(queue, copied);
    queue._wait();
    return result;
  }

  /** Computes all products of the batch. */
  void compute() {
    product.execute(queue, arguments);
    queue._wait();
  }
}
