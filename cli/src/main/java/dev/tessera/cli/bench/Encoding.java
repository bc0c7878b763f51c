package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pictures become codes, the most probable of each vector. */
final class Encoding implements Workload {
  private static final long SEED = 1;

  private final ParallelPlan plan;
  private final float[] pictures;
  private final float[] logits;
  private final int[] codes;
  private final int vectorsOfPicture;

  Encoding(VaeShape shape, Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    plan =
        new ParallelPlan(
            shape.batch(),
            (share, batch) -> {
              ModelGraph graph = new ModelGraph(store, execution);
              return Plan.forward(graph, new DiscreteVae(shape.withBatch(share), graph).logits());
            });
    pictures = randomPictures(shape);
    logits = new float[shape.vectors() * shape.codes()];
    codes = new int[shape.vectors()];
    vectorsOfPicture = codes.length / shape.batch();
  }

  /** A batch of pictures, 0 to 1. */
  static float[] randomPictures(VaeShape shape) {
    CounterRandom random = new CounterRandom(SEED, "bench pictures", 0);
    float[] pictures = new float[shape.subpixels()];
    for (int i = 0; i < pictures.length; i++) {
      pictures[i] = random.nextFloat();
    }
    return pictures;
  }

  @Override
  public void step() {
    plan.set("pictures", pictures);
    plan.run(this::choose);
  }

  private void choose(Plan replica, int firstPicture) {
    INDArray output = replica.output("logits");
    int choices = logits.length / codes.length;
    int first = firstPicture * vectorsOfPicture;
    HostCopy.read(output, logits, first * choices);
    int count = (int) output.length() / choices;
    for (int row = first; row < first + count; row++) {
      codes[row] = largest(row * choices, choices);
    }
  }

  /** Which of some logits is the first that no other exceeds. */
  private int largest(int from, int count) {
    int best = from;
    float most = logits[from];
    for (int i = from + 1; i < from + count; i++) {
      if (logits[i] > most) {
        most = logits[i];
        best = i;
      }
    }
    return best - from;
  }

  /** The codes of the last step, in raster order, picture after picture. */
  int[] codes() {
    return codes.clone();
  }

  @Override
  public Map<String, Double> profile(int count) {
    for (int i = 0; i < count; i++) {
      plan.set("pictures", pictures);
      plan.runTimed();
    }
    return plan.millisecondsByKind();
  }

  @Override
  public void close() {
    plan.close();
  }
}
