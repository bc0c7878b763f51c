package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.HostCopy;
import java.util.Collection;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares plans of one model that compute it in different ways. */
public final class PlanAgreement {
  private PlanAgreement() {}

  /**
   * Fails unless every gradient differs from the reference by a share of its length at most.
   *
   * @param share of the Euclidean norm of the reference's gradient
   */
  public static void assertGradients(
      Plan plan, Plan reference, Collection<String> parameters, double share) {
    for (String parameter : parameters) {
      assertClose(
          "gradient of " + parameter,
          plan.gradient(parameter),
          reference.gradient(parameter),
          share);
    }
  }

  /** Fails unless the distance of two arrays is a share of the second one's norm at most. */
  public static void assertClose(String what, INDArray actual, INDArray expected, double share) {
    float[] a = HostCopy.floats(actual);
    float[] e = HostCopy.floats(expected);
    assertThat(a).as(what).hasSameSizeAs(e);
    double distance = 0;
    double norm = 1e-6;
    for (int i = 0; i < a.length; i++) {
      distance += Math.pow((double) a[i] - e[i], 2);
      norm += Math.pow(e[i], 2);
    }
    assertThat(Math.sqrt(distance / norm)).as(what).isLessThanOrEqualTo(share);
  }
}
