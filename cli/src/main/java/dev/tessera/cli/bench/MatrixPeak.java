package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution.Precision;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * The fastest matrix products that this machine computes, with all cores at work: oneDNN's, with
 * weights in the layout that it likes best.
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
    for (Precision precision : Precision.values()) {
      rates.add(rate(1024, 1024, 1024, precision));
      rates.add(rate(1152, 256, 1024, precision));
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

  private static Rate rate(long rows, long inner, long columns, Precision precision) {
    int cores = Cores.available();
    double operations = 2.0 * cores * rows * inner * columns;
    // One product per core, either called by a thread each or as one batch, which oneDNN divides:
    // which of both is faster depends on how its threads wait.
    double seconds = Double.POSITIVE_INFINITY;
    for (int callers : cores == 1 ? new int[] {1} : new int[] {1, cores}) {
      PointerScope memory = new PointerScope();
      try (Cores threads = new Cores(callers)) {
        List<MatrixProduct> products = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          products.add(new MatrixProduct(cores / callers, rows, inner, columns, precision));
        }
        seconds = Math.min(seconds, seconds(threads, products));
      } catch (MatrixProduct.UnsupportedException unsupported) {
        return new Rate(rows, inner, columns, precision, 0);
      } finally {
        memory.close();
      }
    }
    return new Rate(rows, inner, columns, precision, operations / seconds);
  }

  /** Seconds in which every product is computed once. */
  private static double seconds(Cores threads, List<MatrixProduct> products) {
    double once = threads.fastest(1, repeated(products, 1));
    int times = (int) Math.max(1, Math.ceil(ROUND_SECONDS / once));
    return threads.fastest(ROUNDS, repeated(products, times)) / times;
  }

  private static List<Runnable> repeated(List<MatrixProduct> products, int times) {
    List<Runnable> work = new ArrayList<>();
    for (MatrixProduct product : products) {
      work.add(
          () -> {
            for (int i = 0; i < times; i++) {
              product.compute();
            }
          });
    }
    return work;
  }
}
