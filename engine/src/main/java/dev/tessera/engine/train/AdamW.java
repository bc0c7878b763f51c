package dev.tessera.engine.train;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.TensorMap;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Adam with decoupled weight decay (Loshchilov, Hutter, ICLR 2019, algorithm 2) and clipping of the
 * gradients' global norm. Only parameters of two or more axes decay: biases and scales do not.
 */
public final class AdamW {
  private static final double EPSILON = 1e-8;

  /**
   * What does not change while training.
   *
   * @param beta1 decay of the mean of gradients, 0 ≤ β₁ &lt; 1
   * @param beta2 decay of the mean of their squares, 0 ≤ β₂ &lt; 1
   * @param weightDecay share of a weight, times the learning rate, that a step takes away; ≥ 0
   * @param clipNorm the largest norm of all gradients together; &gt; 0
   */
  public record Options(double beta1, double beta2, double weightDecay, double clipNorm) {
    public Options {
      requireBeta("beta1", beta1);
      requireBeta("beta2", beta2);
      if (!(weightDecay >= 0)) {
        throw new IllegalArgumentException("weight decay is " + weightDecay + ", but must be >= 0");
      }
      if (!(clipNorm > 0)) {
        throw new IllegalArgumentException("clip norm is " + clipNorm + ", but must be > 0");
      }
    }

    private static void requireBeta(String name, double beta) {
      if (!(beta >= 0 && beta < 1)) {
        throw new IllegalArgumentException(name + " is " + beta + ", but must be 0 to below 1");
      }
    }
  }

  /** One parameter with its gradient and moments; the gradient is overwritten by the update. */
  private record Slot(
      String name,
      INDArray parameter,
      INDArray gradient,
      INDArray mean,
      INDArray square,
      OpContext context) {}

  private final Options options;
  private final List<Slot> slots = new ArrayList<>();
  private final DynamicCustomOp update = DynamicCustomOp.builder("adam_updater").build();
  private final Level1 blas = Nd4j.getBlasWrapper().level1();

  /**
   * @param plan computes the gradients of {@code names}
   */
  public AdamW(Options options, ParameterStore store, Plan plan, Iterable<String> names) {
    this.options = options;
    for (String name : names) {
      INDArray parameter = store.array(name);
      INDArray gradient = plan.gradient(name);
      INDArray mean = Nd4j.create(parameter.dataType(), parameter.shape(), 'c');
      INDArray square = Nd4j.create(parameter.dataType(), parameter.shape(), 'c');
      OpContext context = Nd4j.getExecutioner().buildContext();
      context.setInputArrays(gradient, square, mean);
      context.setOutputArrays(gradient, square, mean);
      slots.add(new Slot(name, parameter, gradient, mean, square, context));
    }
  }

  /**
   * Updates all parameters from the plan's gradients, which are lost.
   *
   * @param step how many updates came before
   * @param learningRate of this update
   * @return the norm of all gradients together, before clipping
   */
  public double step(long step, double learningRate) {
    double squares = 0;
    for (Slot slot : slots) {
      squares += blas.dot(slot.gradient.length(), 1.0, slot.gradient, slot.gradient);
    }
    double norm = Math.sqrt(squares);
    for (Slot slot : slots) {
      long n = slot.gradient.length();
      if (norm > options.clipNorm()) {
        blas.scal(n, options.clipNorm() / norm, slot.gradient);
      }
      if (slot.parameter.rank() >= 2 && options.weightDecay() > 0) {
        blas.scal(n, 1 - learningRate * options.weightDecay(), slot.parameter);
      }
      slot.context.setIArguments(step);
      slot.context.setTArguments(learningRate, options.beta1(), options.beta2(), EPSILON);
      Nd4j.getExecutioner().exec(update, slot.context);
      blas.axpy(n, -1.0, slot.gradient, slot.parameter);
    }
    return norm;
  }

  /** A copy of the moments: {@code mean/NAME} and {@code square/NAME}. */
  public TensorMap toTensors() {
    TensorMap tensors = new TensorMap();
    for (Slot slot : slots) {
      tensors.put("mean/" + slot.name, HostCopy.tensor(slot.mean));
      tensors.put("square/" + slot.name, HostCopy.tensor(slot.square));
    }
    return tensors;
  }

  /** Restores what {@link #toTensors} copied. */
  public void load(TensorMap tensors) {
    for (Slot slot : slots) {
      long[] shape = slot.parameter.shape();
      HostCopy.write(tensors.get("mean/" + slot.name, shape).data(), slot.mean);
      HostCopy.write(tensors.get("square/" + slot.name, shape).data(), slot.square);
    }
  }
}
