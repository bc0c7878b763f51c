package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/** Pictures become codes, the most probable of each vector. */
final class Encoding implements Workload {
  private static final long SEED = 1;

  private final ParallelPlan plan;
  private final float[] pictures;
  private final float[] logits;
  private final int[] codes;

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
    plan.run();
    choose();
  }

  private void choose() {
    plan.read("logits", logits);
    int choices = logits.length / codes.length;
    for (int row = 0; row < codes.length; row++) {
      int best = row * choices;
      for (int i = best + 1; i < (row + 1) * choices; i++) {
        if (logits[i] > logits[best]) {
          best = i;
        }
      }
      codes[row] = best - row * choices;
    }
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
      choose();
    }
    return plan.millisecondsByKind();
  }

  @Override
  public void close() {
    plan.close();
  }
}
