package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.plan.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The fastest matrix products that this machine computes, with all cores at work, each on a product
 * of its own: oneDNN's, with weights in the layout that it likes best.
 *
 * @param products what was tried
 */
public record MatrixPeak(List<Rate> products) {
  private static final int ROUNDS = 12;
  private static final double ROUND_SECONDS = 0.03;

  /**
   * How fast one size of product is.
   *
   * @param rows of the result
   * @param inner products that each element sums
   * @param columns of the result
   * @param precision of the factors
   * @param flops floating-point operations per second over all cores; 0 if oneDNN cannot do it here
   */
  public record Rate(long rows, long inner, long columns, Precision precision, double flops) {
    /** Such as 1152×256×1024. */
    String size() {
      return rows + "×" + inner + "×" + columns;
    }
  }

  public MatrixPeak {
    products = List.copyOf(products);
  }

  /** Measures for a few seconds. */
  static MatrixPeak measure() {
    List<Rate> rates = new ArrayList<>();
    try (WorkerThreads threads = Machine.cores()) {
      for (Precision precision : Precision.values()) {
        rates.add(rate(threads, 1024, 1024, 1024, precision));
        rates.add(rate(threads, 1152, 256, 1024, precision));
      }
    }
    return new MatrixPeak(rates);
  }

  /** The highest rate of a precision. */
  public double flops(Precision precision) {
    return products.stream()
        .filter(rate -> rate.precision() == precision)
        .mapToDouble(Rate::flops)
        .max()
        .orElse(0);
  }

  private static Rate rate(
      WorkerThreads threads, long rows, long inner, long columns, Precision precision) {
    MatrixProduct[] products = new MatrixProduct[threads.count()];
    try {
      // Each is made by the thread that computes it, which oneDNN then leaves alone.
      threads.run(core -> products[core] = new MatrixProduct(rows, inner, columns, precision));
      double operations = 2.0 * threads.count() * rows * inner * columns;
      return new Rate(rows, inner, columns, precision, operations / seconds(threads, products));
    } catch (MatrixProduct.UnsupportedException unsupported) {
      return new Rate(rows, inner, columns, precision, 0);
    } finally {
      threads.run(
          core -> {
            if (products[core] != null) {
              products[core].close();
            }
          });
    }
  }

  /** Seconds in which every core computes one product. */
  private static double seconds(WorkerThreads threads, MatrixProduct[] products) {
    double once = Fastest.of(2, () -> threads.run(core -> products[core].compute()));
    int times = (int) Math.max(1, Math.ceil(ROUND_SECONDS / once));
    IntConsumer repeated =
        core -> {
          for (int i = 0; i < times; i++) {
            products[core].compute();
          }
        };
    return Fastest.of(ROUNDS, () -> threads.run(repeated)) / times;
  }
}
