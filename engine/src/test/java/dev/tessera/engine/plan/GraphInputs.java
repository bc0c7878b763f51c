package dev.tessera.engine.plan;

import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ModelGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Values for all placeholders of a graph, for plans and for SameDiff alike. */
public final class GraphInputs {
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();

  private GraphInputs() {}

  /**
   * Draws values: normal ones, or whole numbers from 0 on.
   *
   * @param ids how many different whole numbers there are
   */
  public static GraphInputs random(ModelGraph model, long seed, int ids) {
    Random random = new Random(seed);
    GraphInputs inputs = new GraphInputs();
    model
        .placeholders()
        .forEach(
            (name, tensor) -> {
              int length = (int) tensor.length();
              DataType type = model.sameDiff().getVariable(name).dataType();
              INDArray array = Nd4j.create(type, tensor.shape(), 'c');
              if (type == DataType.INT32) {
                HostCopy.write(random.ints(length, 0, ids).toArray(), array);
              } else {
                HostCopy.write(gaussians(random, length, 1), array);
              }
              inputs.arrays.put(name, array);
            });
    return inputs;
  }

  /** Normal numbers. */
  public static float[] gaussians(Random random, int length, double spread) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (random.nextGaussian() * spread);
    }
    return values;
  }

  /** Replaces the values of one placeholder. */
  public GraphInputs with(String name, float... values) {
    HostCopy.write(values, array(name));
    return this;
  }

  /** Replaces the values of one placeholder. */
  public GraphInputs with(String name, int... values) {
    HostCopy.write(values, array(name));
    return this;
  }

  /** Sets the placeholders of a plan. */
  public void give(Plan plan) {
    arrays.forEach(
        (name, array) -> {
          if (array.dataType() == DataType.INT32) {
            plan.set(name, array.toIntVector());
          } else {
            plan.set(name, HostCopy.floats(array));
          }
        });
  }

  /** The values of one placeholder. */
  public INDArray array(String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  /** The values by name of the placeholder. */
  public Map<String, INDArray> arrays() {
    return arrays;
  }
}
