package dev.tessera.engine.fused;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * −log softmax(x·W)[target], where each row's softmax goes over one of a few ranges of columns;
 * only those columns' products are computed. Inputs: x [N, D]; W [D, V] in the same type; targets
 * INT32 [N]; the index of each row's range, INT32 [N]. Results: losses FLOAT [N, 1], and for the
 * gradient the log-probabilities of the rows of the first range, then of the second, and so on.
 *
 * @param ranges first column, end column and number of rows of each
 */
record RangedCrossEntropy(long[] ranges) implements FusedKernel {
  static RangedCrossEntropy decode(long[] attributes) {
    return new RangedCrossEntropy(attributes);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.RANGED_CROSS_ENTROPY;
  }

  @Override
  public long[] attributes() {
    return ranges;
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    return List.of(
        TensorType.floats(inputs.get(0).size(0), 1),
        TensorType.floats(RangedRows.probabilities(ranges)));
  }

  /** The rows of x, those of one range after those of another. */
  @Override
  public List<TensorType> workspaces(List<TensorType> inputs) {
    return List.of(inputs.get(0));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    Typed x = node.input(0);
    Typed weight = node.input(1);
    List<Typed> found =
        node.add(
            new Gradients(ranges),
            x,
            weight,
            node.input(2),
            node.input(3),
            node.result(1),
            node.upstream().get(0));
    return Arrays.asList(found.get(0), found.get(1), null, null);
  }

  @Override
  public Runnable bind(Operands operands) {
    RangedRows rows = new RangedRows(ranges, operands);
    Runnable gathered = rows.gather(operands.input(0), operands.workspace(0));
    Runnable logProbabilities = rows.logProbabilities(operands.workspace(0), operands.result(1));
    Runnable losses = rows.losses(operands.result(1), operands.result(0));
    return () -> {
      rows.sort();
      gathered.run();
      logProbabilities.run();
      losses.run();
    };
  }

  /** Gradients for x, in its type, and W, FLOAT; inputs as before, log-probabilities, dLosses. */
  record Gradients(long[] ranges) implements FusedKernel {
    static Gradients decode(long[] attributes) {
      return new Gradients(attributes);
    }

    @Override
    public FusedKind kind() {
      return FusedKind.RANGED_CROSS_ENTROPY_GRADIENTS;
    }

    @Override
    public long[] attributes() {
      return ranges;
    }

    @Override
    public List<TensorType> results(List<TensorType> inputs) {
      TensorType weight = inputs.get(1);
      return List.of(inputs.get(0), TensorType.floats(weight.shape()));
    }

    /** Sorted rows of x and of dx; the logits' gradient, FLOAT and in the products' type. */
    @Override
    public List<TensorType> workspaces(List<TensorType> inputs) {
      TensorType x = inputs.get(0);
      TensorType logits = inputs.get(4);
      return List.of(x, x, logits, logits.with(x.type()));
    }

    @Override
    public Runnable bind(Operands operands) {
      RangedRows rows = new RangedRows(ranges, operands);
      Runnable gathered = rows.gather(operands.input(0), operands.workspace(0));
      Runnable dLogits =
          rows.logitGradients(
              operands.input(4), operands.input(5), operands.workspace(2), operands.workspace(3));
      Runnable products =
          rows.gradients(
              operands.workspace(0),
              operands.workspace(3),
              operands.workspace(1),
              operands.result(1));
      Runnable scattered = rows.scatter(operands.workspace(1), operands.result(0));
      return () -> {
        rows.sort();
        gathered.run();
        dLogits.run();
        products.run();
        scattered.run();
      };
    }
  }
}
