package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/** Codes become pictures. */
final class Decoding implements Workload {
  private static final long SEED = 1;

  private final ParallelPlan plan;
  private final int[] codes;
  private final float[] pictures;

  Decoding(VaeShape shape, Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    plan =
        new ParallelPlan(
            shape.batch(),
            (share, batch) -> {
              ModelGraph graph = new ModelGraph(store, execution);
              DiscreteVae part = new DiscreteVae(shape.withBatch(share), graph);
              return Plan.forward(graph, part.reconstruction());
            });
    codes =
        new CounterRandom(SEED, "bench codes", 0).ints(shape.vectors(), 0, shape.codes()).toArray();
    pictures = new float[shape.subpixels()];
  }

  @Override
  public void step() {
    plan.set("codes", codes);
    plan.run();
    plan.read("reconstruction", pictures);
  }

  /** The pictures of the last step, [B, side, side, 3]. */
  float[] pictures() {
    return pictures.clone();
  }

  @Override
  public Map<String, Double> profile(int count) {
    for (int i = 0; i < count; i++) {
      plan.set("codes", codes);
      plan.runTimed();
    }
    return plan.millisecondsByKind();
  }

  @Override
  public void close() {
    plan.close();
  }
}
