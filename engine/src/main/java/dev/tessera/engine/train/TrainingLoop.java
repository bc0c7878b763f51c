package dev.tessera.engine.train;

import com.google.protobuf.ByteString;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.TrainingState;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains the parameters of a plan until the budget is spent or somebody asks to stop, and saves on
 * the way. While a step runs, the batch of the next one is prepared.
 */
public final class TrainingLoop implements AutoCloseable {
  /** The files of a checkpoint. */
  public static final String WEIGHTS = "weights";

  public static final String AVERAGE = "average";
  public static final String BEST = "best";
  private static final String OPTIMISER = "optimiser";

  /** What differs between the stages. */
  public interface Task {
    /** "vqvae", "transformer", "ranker" or "namer". */
    String stage();

    /**
     * Prepares what a step trains on. Called on a thread that does nothing else, for one step after
     * another; the result may depend on the step alone.
     *
     * @param step how many steps came before
     */
    Prepared prepare(long step);

    /**
     * The plan that computes the next step.
     *
     * @param first the plan that the loop was made with
     * @param progress share of the budget that is spent, 0 to 1
     * @return the first plan, or another one with the same gradients and outputs
     */
    default ParallelPlan plan(ParallelPlan first, double progress) {
      return first;
    }

    /**
     * Whether {@link Muon} updates a parameter, if the options have it: a matrix or kernel that is
     * multiplied by; not a table that is looked up, nor what ids are read off.
     */
    default boolean byMuon(String parameter) {
      return false;
    }

    /** Looks at the outputs of a part of a step that was just run. */
    default void observe(ParallelPlan plan) {}

    /**
     * Updates what no gradient touches, from what was observed; the optimiser has done its part.
     *
     * @param step steps done, this one included
     * @param progress share of the budget that is spent, 0 to 1
     */
    default void update(long step, double progress) {}

    /**
     * Why it is of no use to go on, in one sentence; asked after each step.
     *
     * @param step steps done
     */
    default Optional<String> reasonToStop(long step) {
      return Optional.empty();
    }

    /**
     * What can be told from what was observed.
     *
     * @param step steps done
     */
    default Map<String, Double> measure(long step) {
      return Map.of();
    }

    /**
     * Measures the averaged weights, which are in place meanwhile, on held-out data.
     *
     * @param step steps done
     */
    Evaluation evaluate(long step);

    /**
     * What the task needs besides the store to go on, for checkpoints: tensors by the name of their
     * file, which is none of the loop's own.
     */
    default Map<String, TensorMap> state() {
      return Map.of();
    }

    /** Goes back to the {@link #state} that a checkpoint holds; the store was restored. */
    default void restore(Checkpoints.Checkpoint checkpoint) {}

    /** Like {@link #restore}, after an evaluation that asked for it. */
    default void rollBack(Checkpoints.Checkpoint checkpoint) {
      restore(checkpoint);
    }

    /** Releases what the task holds; it is not used any more. */
    default void close() {}
  }

  /** What a step trains on, in plain Java arrays. */
  @FunctionalInterface
  public interface Prepared {
    /**
     * Sets the plan's placeholders.
     *
     * @param part of the step, 0 to accumulation − 1
     * @param progress share of the budget that is spent, 0 to 1
     */
    void set(ParallelPlan plan, int part, double progress);
  }

  /**
   * What held-out data says.
   *
   * @param measures by name, for people and logs
   * @param loss decides which weights are best; not a number where nothing is held out
   * @param rollBack whether training has done harm: then it goes on from the weights of the last
   *     checkpoint, if there is one
   */
  public record Evaluation(Map<String, Double> measures, double loss, boolean rollBack) {
    public Evaluation {
      measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    /** An evaluation after which training goes on. */
    public Evaluation(Map<String, Double> measures, double loss) {
      this(measures, loss, false);
    }
  }

  /**
   * What the loop needs to know.
   *
   * @param seed of the run, kept in its checkpoints
   * @param rate over the run
   * @param optimiser its constants
   * @param execution of what the optimiser multiplies
   * @param averageDecay of the exponential moving average
   * @param accumulation parts of a step, which are run one after another; their losses add up to
   *     the loss of the step, ≥ 1
   * @param evaluations how often to measure and to save over the whole run, ≥ 1
   * @param runDigest identifies configuration and data
   */
  public record Options(
      long seed,
      LearningRate rate,
      Optimiser.Options optimiser,
      Execution execution,
      double averageDecay,
      int accumulation,
      int evaluations,
      byte[] runDigest) {
    public Options {
      if (accumulation < 1) {
        throw new IllegalArgumentException(
            "accumulation is " + accumulation + ", but must be 1 or more");
      }
      if (evaluations < 1) {
        throw new IllegalArgumentException(
            "evaluations is " + evaluations + ", but must be 1 or more");
      }
    }
  }

  private static final String LOSS = "loss";

  private final Task task;
  private final ParallelPlan plan;
  private final ParameterStore store;
  private final Options options;
  private final Checkpoints checkpoints;
  private final TrainingListener listener;
  private final Optimiser optimiser;
  private ParallelPlan current;
  private final ExponentialMovingAverage average;
  private long step;
  private double secondsSpent;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private @Nullable TensorMap best;

  /**
   * A loop that has done nothing yet.
   *
   * @param task closed with the loop
   * @param plan of one part of a step; has an output named {@code loss} and a gradient for every
   *     trainable parameter of the store; closed with the loop
   */
  public TrainingLoop(
      Task task,
      ParallelPlan plan,
      ParameterStore store,
      Options options,
      Checkpoints checkpoints,
      TrainingListener listener) {
    this.task = task;
    this.plan = plan;
    this.current = plan;
    this.store = store;
    this.options = options;
    this.checkpoints = checkpoints;
    this.listener = listener;
    this.average = new ExponentialMovingAverage(options.averageDecay(), store);
    this.optimiser =
        new Optimiser(
            options.optimiser(),
            store,
            plan,
            store.trainable(),
            task::byMuon,
            options.execution(),
            average);
  }

  /** Goes back to the newest checkpoint, if there is one; returns the step to go on from. */
  public long resume() throws IOException {
    Optional<Checkpoints.Checkpoint> latest = checkpoints.latest(options.runDigest());
    if (latest.isPresent()) {
      Checkpoints.Checkpoint checkpoint = latest.get();
      load(checkpoint);
      task.restore(checkpoint);
      step = checkpoint.state().getStep();
      secondsSpent = checkpoint.state().getSeconds();
      if (checkpoint.contains(BEST)) {
        best = checkpoint.tensors(BEST);
        bestLoss = checkpoint.state().getBestHeldOut();
      }
    }
    return step;
  }

  private void load(Checkpoints.Checkpoint checkpoint) {
    store.load(checkpoint.tensors(WEIGHTS));
    average.load(checkpoint.tensors(AVERAGE));
    optimiser.load(checkpoint.tensors(OPTIMISER));
  }

  /**
   * Trains on.
   *
   * @param budget over all sessions of this stage
   * @param stop asked before each step; when true, a checkpoint is written and the method returns
   * @return whether the budget is spent; false when stopped before
   * @throws TrainingStoppedException if the task has a reason; a checkpoint was written
   */
  public boolean run(Budget budget, BooleanSupplier stop) throws IOException {
    try (BatchesAhead batches = new BatchesAhead(task::prepare, step)) {
      return run(budget, stop, batches);
    }
  }

  private boolean run(Budget budget, BooleanSupplier stop, BatchesAhead batches)
      throws IOException {
    long start = System.nanoTime() - (long) (secondsSpent * 1e9);
    double progress = budget.progress(step, secondsSpent);
    long nextEvaluation = evaluationsDue(progress) + 1;
    StepReport report = null;
    long evaluated = -1;
    while (progress < 1) {
      if (stop.getAsBoolean()) {
        save(seconds(start), budget);
        return false;
      }
      double loss = loss(batches.take(), progress);
      if (!Double.isFinite(loss)) {
        throw new TrainingDivergedException(task.stage(), step, loss);
      }
      double rate = options.rate().at(step, progress);
      double norm = optimiser.step(step, rate);
      step++;
      double seconds = seconds(start);
      progress = budget.progress(step, seconds);
      task.update(step, progress);
      report =
          new StepReport(
              task.stage(),
              step,
              budget.plannedSteps(step, seconds),
              progress,
              seconds,
              loss,
              rate,
              norm,
              task.measure(step));
      listener.step(report);
      Optional<String> reason = task.reasonToStop(step);
      if (reason.isPresent()) {
        save(seconds(start), budget);
        throw new TrainingStoppedException(reason.get());
      }
      if (evaluationsDue(progress) >= nextEvaluation) {
        nextEvaluation = evaluationsDue(progress) + 1;
        evaluated = step;
        evaluate(report);
        save(seconds(start), budget);
        listener.saved(report);
        progress = budget.progress(step, seconds(start));
      }
    }
    // The time that was left may have gone into measuring: then the last step is measured already.
    if (report != null && evaluated != step) {
      evaluate(report);
      save(seconds(start), budget);
      listener.saved(report);
    }
    return true;
  }

  /** Runs the parts of a step; the last one's gradients are still in the plan. */
  private double loss(Prepared batch, double progress) {
    ParallelPlan next = task.plan(plan, progress);
    if (next != current) {
      current = next;
      optimiser.follow(next);
    }
    double loss = 0;
    for (int part = 0; part < options.accumulation(); part++) {
      if (part > 0) {
        optimiser.accumulate();
      }
      batch.set(current, part, progress);
      current.run();
      loss += current.scalar(LOSS);
      task.observe(current);
    }
    return loss;
  }

  /** Releases what running and measuring needs; what was learned can still be asked for. */
  @Override
  public void close() {
    plan.close();
    task.close();
  }

  /** A copy of the averaged weights as they are now. */
  public TensorMap lastWeights() {
    return average.toTensors();
  }

  /** The averaged weights that did best on held-out data; the last where nothing is held out. */
  public TensorMap bestWeights() {
    return best != null ? best : lastWeights();
  }

  /** Seconds spent so far, in this session and in those before it. */
  public double seconds() {
    return secondsSpent;
  }

  /** Steps done so far. */
  public long steps() {
    return step;
  }

  private long evaluationsDue(double progress) {
    return (long) Math.floor(progress * options.evaluations() + 1e-9);
  }

  private void evaluate(StepReport report) throws IOException {
    AtomicBoolean harmed = new AtomicBoolean();
    average.using(
        () -> {
          Evaluation evaluation = task.evaluate(report.step());
          harmed.set(evaluation.rollBack());
          listener.evaluated(report, evaluation.measures());
          if (evaluation.loss() < bestLoss) {
            bestLoss = evaluation.loss();
            best = store.toTensors();
          }
        });
    if (harmed.get()) {
      rollBack();
    }
  }

  /** Every evaluation is followed by a checkpoint: the newest one is that of the one before. */
  private void rollBack() throws IOException {
    Optional<Checkpoints.Checkpoint> latest = checkpoints.latest(options.runDigest());
    if (latest.isPresent()) {
      load(latest.get());
      task.rollBack(latest.get());
    }
  }

  private void save(double seconds, Budget budget) throws IOException {
    TrainingState progress =
        TrainingState.newBuilder()
            .setStage(task.stage())
            .setStep(step)
            .setSeconds(seconds)
            .setSeed(options.seed())
            .setPlannedSteps(budget.plannedSteps(step, seconds))
            .setBestHeldOut(bestLoss)
            .setRunSha256(ByteString.copyFrom(options.runDigest()))
            .build();
    Map<String, TensorMap> tensors = new LinkedHashMap<>();
    tensors.put(WEIGHTS, store.toTensors());
    tensors.put(AVERAGE, average.toTensors());
    tensors.put(OPTIMISER, optimiser.toTensors());
    if (best != null) {
      tensors.put(BEST, best);
    }
    tensors.putAll(task.state());
    checkpoints.save(progress, tensors);
  }

  private double seconds(long start) {
    secondsSpent = (System.nanoTime() - start) / 1e9;
    return secondsSpent;
  }
}
