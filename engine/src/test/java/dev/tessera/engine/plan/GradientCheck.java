package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ParameterStore;
import java.util.Collection;
import java.util.Comparator;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares gradients with central differences, in double precision: exact enough to tell a wrong
 * factor or a forgotten term from rounding. Of every parameter the elements with the largest
 * gradients and some others are tried.
 */
public final class GradientCheck {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;
  private static final int TRIED = 3;

  private GradientCheck() {}

  /** Sets all parameters to normal numbers, so that none hides behind a zero. */
  public static void randomise(ParameterStore store, double spread, long seed) {
    Random random = new Random(seed);
    for (String name : store.names()) {
      INDArray array = store.array(name);
      HostCopy.write(GraphInputs.gaussians(random, (int) array.length(), spread), array);
    }
  }

  /** Checks the gradients that a plan computes of its output {@code loss}. */
  public static void assertAgree(
      Plan plan, String loss, ParameterStore store, Collection<String> parameters, long seed) {
    DoubleSupplier losses =
        () -> {
          plan.run();
          return plan.scalar(loss);
        };
    assertAgree(plan, losses, store, parameters, seed);
  }

  /**
   * Checks the gradients that a plan computes against differences of something else.
   *
   * @param loss computed from what the store holds at each call
   */
  public static void assertAgree(
      Plan plan,
      DoubleSupplier loss,
      ParameterStore store,
      Collection<String> parameters,
      long seed) {
    Random random = new Random(seed);
    for (String name : parameters) {
      plan.run();
      double[] gradient = plan.gradient(name).dup('c').data().asDouble();
      assertThat(gradient.length).as(name).isEqualTo((int) store.array(name).length());
      for (int index : chosen(gradient, random)) {
        double difference = difference(loss, store.array(name), index);
        double largest =
            IntStream.range(0, gradient.length)
                .mapToDouble(i -> Math.abs(gradient[i]))
                .max()
                .orElse(0);
        assertThat(Math.abs(gradient[index] - difference))
            .as(
                "%s element %d: gradient %s, difference %s, seed %d",
                name, index, gradient[index], difference, seed)
            .isLessThanOrEqualTo(TOLERANCE * Math.max(1e-2, largest));
      }
    }
  }

  private static Set<Integer> chosen(double[] gradient, Random random) {
    Set<Integer> chosen = new TreeSet<>();
    IntStream.range(0, gradient.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(gradient[i])))
        .limit(TRIED)
        .forEach(chosen::add);
    random.ints(TRIED, 0, gradient.length).forEach(chosen::add);
    return chosen;
  }

  private static double difference(DoubleSupplier loss, INDArray parameter, int index) {
    double value = parameter.data().getDouble(index);
    parameter.data().put(index, value + STEP);
    double above = loss.getAsDouble();
    parameter.data().put(index, value - STEP);
    double below = loss.getAsDouble();
    parameter.data().put(index, value);
    return (above - below) / (2 * STEP);
  }
}
