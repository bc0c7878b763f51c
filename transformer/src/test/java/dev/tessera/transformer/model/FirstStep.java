package dev.tessera.transformer.model;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;

/** A program that prints a digest of all gradients of the very first step, then of the tenth. */
final class FirstStep {
  private FirstStep() {}

  public static void main(String[] arguments) {
    List<MaskPattern> masks = List.of(MaskPattern.CAUSAL, MaskPattern.LOCAL);
    TransformerConfig config = new TransformerConfig(300, 8, 50, 10, 10, 64, 2, 4, masks, false);
    ParameterStore store = new ParameterStore(7, DataType.FLOAT);
    ModelGraph graph =
        new ModelGraph(
            store,
            new Execution(Execution.Operations.FUSED, Execution.Precision.valueOf(arguments[0])));
    Gpt model = Gpt.build(config, graph, 2);
    Plan plan = Plan.training(graph, model.loss(), graph.parameters());
    int[] codes = new Random(7).ints(100, 0, 50).toArray();
    SequenceBuilder builder = new SequenceBuilder(config);
    Batch batch =
        Batch.of(
            new Vocabulary(config),
            List.of(
                builder.build(new int[] {7, 8}, codes, Direction.FORWARD),
                builder.build(new int[] {9}, codes, Direction.REVERSE)),
            2);
    plan.set("tokens", batch.tokens());
    plan.set("positions", batch.positions());
    plan.set("targetPositions", batch.targetPositions());
    plan.set("targets", batch.targets());
    plan.set("weights", batch.weights());
    plan.set("modality", batch.modality());
    for (int step = 1; step <= 10; step++) {
      plan.run();
      if (step == 1 || step == 10) {
        int digest = 1;
        for (String name : graph.parameters()) {
          digest = 31 * digest + Arrays.hashCode(HostCopy.floats(plan.gradient(name)));
        }
        System.out.println("digest " + HexFormat.of().toHexDigits(digest));
      }
    }
  }
}
