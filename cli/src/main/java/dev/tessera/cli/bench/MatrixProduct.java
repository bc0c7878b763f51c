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
import org.bytedeco.javacpp.PointerScope;

/** A matrix product of oneDNN's: [M, K] × [K, N] → [M, N] in f32. Belongs to one thread. */
final class MatrixProduct implements AutoCloseable {
  /** oneDNN has no such product for this processor. */
  static final class UnsupportedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedException(RuntimeException refused) {
      super(refused);
    }
  }

  private final PointerScope scope = new PointerScope();
  private final engine processor = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(processor);
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final matmul product;

  /**
   * @throws UnsupportedException if oneDNN cannot do it here
   */
  MatrixProduct(long rows, long inner, long columns, Precision precision) {
    memory.data_type type =
        precision == Precision.BF16 ? memory.data_type.bf16 : memory.data_type.f32;
    long[] left = {rows, inner};
    long[] right = {inner, columns};
    matmul.primitive_desc description;
    try {
      description =
          new matmul.primitive_desc(
              processor,
              new memory.desc(left, type, memory.format_tag.ab),
              new memory.desc(right, type, memory.format_tag.any),
              new memory.desc(
                  new long[] {rows, columns}, memory.data_type.f32, memory.format_tag.ab));
    } catch (RuntimeException refused) {
      scope.close();
      throw new UnsupportedException(refused);
    }
    product = new matmul(description);
    arguments.put(DNNL_ARG_SRC, filled(left, description.src_desc()));
    arguments.put(DNNL_ARG_WEIGHTS, filled(right, description.weights_desc()));
    arguments.put(DNNL_ARG_DST, new memory(description.dst_desc(), processor));
  }

  /** Random numbers in a layout and precision of oneDNN's choice. */
  private memory filled(long[] sides, memory.desc wanted) {
    memory.desc plain = new memory.desc(sides, memory.data_type.f32, memory.format_tag.ab);
    memory values = new memory(plain, processor);
    float[] numbers = new float[Math.toIntExact(sides[0] * sides[1])];
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

  /** Computes it. */
  void compute() {
    product.execute(queue, arguments);
    queue._wait();
  }

  @Override
  public void close() {
    scope.close();
  }
}
