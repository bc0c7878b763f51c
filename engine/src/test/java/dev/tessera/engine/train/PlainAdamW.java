package dev.tessera.engine.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The optimiser in ND4J's own operations, one after another over one parameter after another: the
 * reference of what {@link Optimiser} does by Adam.
 */
final class PlainAdamW {
  private static final double EPSILON = 1e-8;

  private final Optimiser.Options options;
  private final double averageDecay;
  final Map<String, INDArray> parameters;
  final Map<String, INDArray> means = new LinkedHashMap<>();
  final Map<String, INDArray> squareMeans = new LinkedHashMap<>();
  final Map<String, INDArray> averages = new LinkedHashMap<>();
  private final DynamicCustomOp update = DynamicCustomOp.builder("adam_updater").build();
  private final Level1 blas = Nd4j.getBlasWrapper().level1();

  /**
   * @param parameters updated in place
   */
  PlainAdamW(Optimiser.Options options, double averageDecay, Map<String, INDArray> parameters) {
    this.options = options;
    this.averageDecay = averageDecay;
    this.parameters = parameters;
    parameters.forEach(
        (name, parameter) -> {
          means.put(name, Nd4j.create(parameter.dataType(), parameter.shape(), 'c'));
          squareMeans.put(name, Nd4j.create(parameter.dataType(), parameter.shape(), 'c'));
          averages.put(name, parameter.dup('c'));
        });
  }

  /**
   * @param gradients by name; they are lost
   */
  double step(long step, double learningRate, Map<String, INDArray> gradients) {
    double squares = 0;
    for (INDArray gradient : gradients.values()) {
      squares += blas.dot(gradient.length(), 1.0, gradient, gradient);
    }
    double norm = Math.sqrt(squares);
    double kept = Math.min(averageDecay, (1.0 + step) / (10.0 + step));
    gradients.forEach(
        (name, gradient) -> {
          INDArray parameter = of(parameters, name);
          long n = gradient.length();
          if (norm > options.clipNorm()) {
            blas.scal(n, options.clipNorm() / norm, gradient);
          }
          if (parameter.rank() >= 2 && options.weightDecay() > 0) {
            blas.scal(n, 1 - learningRate * options.weightDecay(), parameter);
          }
          var context = Nd4j.getExecutioner().buildContext();
          INDArray square = of(squareMeans, name);
          INDArray mean = of(means, name);
          context.setInputArrays(gradient, square, mean);
          context.setOutputArrays(gradient, square, mean);
          context.setIArguments(step);
          context.setTArguments(learningRate, options.beta1(), options.beta2(), EPSILON);
          Nd4j.getExecutioner().exec(update, context);
          blas.axpy(n, -1.0, gradient, parameter);
          INDArray average = of(averages, name);
          blas.scal(n, kept, average);
          blas.axpy(n, 1 - kept, parameter, average);
        });
    return norm;
  }

  private static INDArray of(Map<String, INDArray> arrays, String name) {
    return java.util.Objects.requireNonNull(arrays.get(name), name);
  }
}
