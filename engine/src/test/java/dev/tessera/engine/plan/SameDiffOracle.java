package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.ModelGraph;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What SameDiff's own session computes, with its array cache off: on, it gives wrong numbers. */
public final class SameDiffOracle {
  private SameDiffOracle() {}

  /** Values of tensors by name. */
  public static Map<String, INDArray> outputs(
      ModelGraph model, GraphInputs inputs, Collection<String> names) {
    SameDiff graph = model.sameDiff();
    graph.setEnableCache(false);
    return graph.output(inputs.arrays(), List.copyOf(names));
  }

  /** Gradients of the loss of an earlier {@link Plan#training}, by name of the parameter. */
  public static Map<String, INDArray> gradients(
      ModelGraph model, GraphInputs inputs, Collection<String> parameters) {
    SameDiff graph = model.sameDiff();
    graph.setEnableCache(false);
    Objects.requireNonNull(graph.getFunction("grad")).setEnableCache(false);
    return graph.calculateGradients(inputs.arrays(), parameters);
  }

  /**
   * Fails unless two arrays have one shape and differ by a share of the largest element at most.
   */
  public static void assertClose(String what, INDArray actual, INDArray expected, double share) {
    assertThat(actual.length()).as(what).isEqualTo(expected.length());
    double[] a = actual.dup('c').data().asDouble();
    double[] e = expected.dup('c').data().asDouble();
    double largest = 1e-3;
    for (double value : e) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - e[i]) <= share * largest)) {
        throw new AssertionError(
            what + " element " + i + " is " + a[i] + ", but SameDiff has " + e[i]);
      }
    }
  }

  /**
   * Runs a plan of {@link Plan#training} twice and compares all it computes with SameDiff, and both
   * runs to the bit.
   *
   * @param outputs names of outputs that the plan has
   */
  public static void assertAgree(
      ModelGraph model, Plan plan, GraphInputs inputs, Collection<String> outputs, double share) {
    inputs.give(plan);
    plan.run();
    outputs(model, inputs, outputs)
        .forEach((name, expected) -> assertClose(name, plan.output(name), expected, share));
    Map<String, INDArray> first = new HashMap<>();
    for (String parameter : model.parameters()) {
      first.put(parameter, plan.gradient(parameter).dup('c'));
    }
    gradients(model, inputs, model.parameters())
        .forEach(
            (name, expected) ->
                assertClose("gradient of " + name, plan.gradient(name), expected, share));
    plan.run();
    first.forEach(
        (name, array) ->
            assertThat(plan.gradient(name).dup('c').data().asDouble())
                .as("gradient of %s, run again", name)
                .isEqualTo(array.data().asDouble()));
  }
}
