package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.random.GumbelNoise;
import dev.tessera.engine.train.ExponentialMovingAverage;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import dev.tessera.transformer.training.GptInputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Steps of training: a new batch is laid out, the plan runs, the optimiser clips and updates. What
 * the batches hold is random.
 */
final class TrainingSteps implements Workload {
  private static final long SEED = 1;
  private static final double LEARNING_RATE = 3e-4;
  private static final Optimiser.Options OPTIMISER = new Optimiser.Options(0.9, 0.95, 0.01, 1);
  private static final double AVERAGE_DECAY = 0.99;

  /** Sets the placeholders of a plan for a step. */
  private interface Filling {
    void fill(ParallelPlan plan, long step);
  }

  private final ParallelPlan plan;
  private final Optimiser optimiser;
  private final Filling filling;
  private long steps;

  private TrainingSteps(ParallelPlan plan, ParameterStore store, Filling filling) {
    this.plan = plan;
    ExponentialMovingAverage average = new ExponentialMovingAverage(AVERAGE_DECAY, store);
    this.optimiser = new Optimiser(OPTIMISER, store, plan, store.names(), average);
    this.filling = filling;
  }

  /** Stage 2. */
  static TrainingSteps gpt(GptShape shape, int batch, Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ParallelPlan plan =
        new ParallelPlan(
            batch,
            (share, all) -> {
              ModelGraph graph = new ModelGraph(store, execution);
              Gpt model = Gpt.build(shape.config(), graph, share);
              return Plan.training(graph, model.loss(), graph.parameters());
            });
    Vocabulary vocabulary = new Vocabulary(shape.config());
    return new TrainingSteps(
        plan,
        store,
        (filled, step) ->
            GptInputs.set(
                filled, Batch.of(vocabulary, sequences(shape.config(), batch, step), batch), 0));
  }

  private static List<TokenSequence> sequences(TransformerConfig config, int batch, long step) {
    SequenceBuilder builder = new SequenceBuilder(config);
    CounterRandom random = new CounterRandom(SEED, "bench sequences", step);
    List<TokenSequence> sequences = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int[] caption =
          random.ints(config.textLength() / 2, 0, config.textVocabulary() - 1).toArray();
      int[] codes = random.ints(config.imageLength(), 0, config.imageVocabulary()).toArray();
      sequences.add(builder.build(caption, codes, Direction.FORWARD));
    }
    return sequences;
  }

  /** Stage 1. */
  static TrainingSteps vae(VaeShape shape, Execution execution) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ParallelPlan plan =
        new ParallelPlan(
            shape.batch(),
            (share, all) -> {
              ModelGraph graph = new ModelGraph(store, execution);
              DiscreteVae part = new DiscreteVae(shape.withBatch(share), graph);
              return Plan.training(graph, part.loss(all), graph.parameters());
            });
    float[] pictures = Encoding.randomPictures(shape);
    float[] noise = new float[shape.vectors() * shape.codes()];
    return new TrainingSteps(
        plan,
        store,
        (filled, step) -> {
          filled.set("pictures", pictures);
          GumbelNoise.fill(noise, new CounterRandom(SEED, "bench noise", step));
          filled.set("noise", noise);
        });
  }

  @Override
  public void step() {
    filling.fill(plan, steps);
    plan.run();
    update();
  }

  private void update() {
    double loss = plan.scalar("loss");
    if (!Double.isFinite(loss)) {
      throw new IllegalStateException("the loss of the benchmark's training is " + loss);
    }
    optimiser.step(steps, LEARNING_RATE);
    steps++;
  }

  @Override
  public Map<String, Double> profile(int count) {
    double filled = 0;
    double updated = 0;
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      filling.fill(plan, steps);
      long full = System.nanoTime();
      plan.runTimed();
      long run = System.nanoTime();
      update();
      filled += full - start;
      updated += System.nanoTime() - run;
    }
    Map<String, Double> times = new LinkedHashMap<>(plan.millisecondsByKind());
    times.put("(batch)", filled / count * 1e-6);
    times.put("(optimiser)", updated / count * 1e-6);
    return times;
  }

  @Override
  public void close() {
    plan.close();
  }
}
