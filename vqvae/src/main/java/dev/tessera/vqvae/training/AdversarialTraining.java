package dev.tessera.vqvae.training;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.ExponentialMovingAverage;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.vqvae.model.DetailLoss;
import dev.tessera.vqvae.model.PatchDiscriminator;
import dev.tessera.vqvae.model.Vqvae;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The discriminator at work: a plan for the steps of the auto-encoder that tries to pass for an
 * original, one for the discriminator's own steps, and what balances the two. The plans share the
 * weights of both stores; each differentiates for those of one. Nothing is compiled before the
 * first adversarial step.
 *
 * <p>The hinge loss is that of Lim and Ye (2017): the discriminator learns to score originals above
 * 1 and reconstructions below −1.
 */
final class AdversarialTraining implements AutoCloseable {
  private static final String STATE = "adversary";
  private static final String WEIGHTS = "discriminator";
  private static final String OPTIMISER = "discriminator-optimiser";
  private static final String LAST_LAYER = "decoder/out/weight";
  private static final Optimiser.Options ADAM = new Optimiser.Options(0.5, 0.9, 0, 1);

  private final VqvaeConfig config;
  private final VqvaeTrainingConfig training;
  private final Adversary.Patches options;
  private final ParameterStore generator;
  private final Execution execution;
  private final ParameterStore discriminator;
  private final Balance balance;
  private @Nullable Plans plans;
  private long steps;
  private float[] originals = {};
  private int firstOriginal;
  private int part;
  private double loss;
  private double stepLoss;

  /** What exists from the first adversarial step on. */
  private record Plans(ParallelPlan generator, ParallelPlan discriminator, Optimiser optimiser) {}

  AdversarialTraining(
      VqvaeConfig config,
      VqvaeTrainingConfig training,
      Adversary.Patches options,
      ParameterStore generator,
      long seed,
      Execution execution) {
    PatchDiscriminator.requireSides(options.discriminator(), config);
    this.config = config;
    this.training = training;
    this.options = options;
    this.generator = generator;
    this.execution = execution;
    this.discriminator = new ParameterStore(seed, DataType.FLOAT);
    this.balance = new Balance(options.maximumDrop());
  }

  /** Whether a step is adversarial. */
  boolean isActive(double progress) {
    return progress >= options.start();
  }

  /** Whether a plan is that of {@link #generatorPlan}. */
  boolean isOwn(ParallelPlan plan) {
    return plans != null && plans.generator() == plan;
  }

  /** The plan of an adversarial step of the auto-encoder. */
  ParallelPlan generatorPlan() {
    return plans().generator();
  }

  private Plans plans() {
    if (plans == null) {
      int rows = training.part();
      ParallelPlan own = new ParallelPlan(rows, (share, all) -> discriminatorPlan(share));
      ExponentialMovingAverage unused = new ExponentialMovingAverage(0, discriminator);
      plans =
          new Plans(
              new ParallelPlan(rows, (share, all) -> generatorPlan(share)),
              own,
              new Optimiser(ADAM, discriminator, own, discriminator.names(), unused));
    }
    return plans;
  }

  /** Originals and reconstructions in turn, so that each replica has as many of both. */
  private Plan discriminatorPlan(int pairs) {
    ModelGraph graph = new ModelGraph(discriminator, execution);
    Ops ops = graph.ops();
    int height = config.picture().height();
    int width = config.picture().width();
    GraphTensor pictures = graph.placeholder("pictures", 2L * pairs, height, width, 3);
    GraphTensor scores = judge(graph, pictures).scores();
    int places = Math.toIntExact(scores.length() / (2L * pairs));
    float[] signs = new float[2 * pairs * places];
    for (int i = 0; i < signs.length; i++) {
      signs[i] = i / places % 2 == 0 ? -1 : 1;
    }
    GraphTensor signed = ops.multiply(scores, graph.constant(signs, scores.shape()));
    GraphTensor hinge = ops.relu(ops.affine(signed, 1, 1));
    GraphTensor loss = ops.affine(ops.sum(hinge), 0.5 / ((double) training.batch() * places), 0);
    return Plan.training(graph, loss.named("loss"), graph.parameters());
  }

  private PatchDiscriminator.Judgement judge(ModelGraph graph, GraphTensor pictures) {
    return new PatchDiscriminator(options.discriminator(), graph, discriminator).judge(pictures);
  }

  /** What the auto-encoder learns by alone, and beside the discriminator: its loss and details. */
  GraphTensor faithful(ModelGraph graph, Vqvae.Training model) {
    Ops ops = graph.ops();
    GraphTensor loss = model.loss().named("faithful");
    DetailLoss details =
        new DetailLoss(graph, model.pictures(), model.reconstruction(), training.batch());
    if (options.edges() > 0) {
      loss = ops.add(loss, ops.affine(details.edges(), options.edges(), 0));
    }
    if (options.scales() > 0) {
      loss = ops.add(loss, ops.affine(details.scales(), options.scales(), 0));
    }
    return loss;
  }

  private Plan generatorPlan(int share) {
    ModelGraph graph = new ModelGraph(generator, execution);
    Ops ops = graph.ops();
    Vqvae.Training model = new Vqvae(config, graph, share).training(training.batch());
    GraphTensor pictures = model.pictures();
    GraphTensor reconstruction = model.reconstruction();
    GraphTensor faithful = faithful(graph, model);
    PatchDiscriminator judge =
        new PatchDiscriminator(options.discriminator(), graph, discriminator);
    PatchDiscriminator.Judgement ofReconstruction = judge.judge(reconstruction);
    GraphTensor deceived = mean(ops, ofReconstruction.scores(), -1);
    if (options.features() > 0) {
      List<GraphTensor> wanted = judge.judge(pictures).features();
      double weight = options.features() / wanted.size();
      for (int level = 0; level < wanted.size(); level++) {
        GraphTensor unlike =
            ops.abs(ops.subtract(ofReconstruction.features().get(level), wanted.get(level)));
        deceived = ops.add(deceived, mean(ops, unlike, weight));
      }
    }
    GraphTensor loss =
        ops.add(
            ops.multiplyScalar(faithful, graph.placeholder("faithfulWeight", 1)),
            ops.multiplyScalar(deceived, graph.placeholder("adversarialWeight", 1)));
    GraphTensor[] outputs =
        Stream.concat(Stream.of(model.outputs()), Stream.of(reconstruction))
            .toArray(GraphTensor[]::new);
    return Plan.training(graph, loss.named("loss"), graph.parameters(), outputs);
  }

  /** The weighted mean over all pictures of the step, of which the tensor has a part. */
  private GraphTensor mean(Ops ops, GraphTensor x, double weight) {
    double perPicture = (double) x.length() / x.size(0);
    return ops.affine(ops.sum(x), weight / (perPicture * training.batch()), 0);
  }

  /**
   * Before a part of an adversarial step: decides how much the adversarial loss counts. Every few
   * steps the plan runs twice for that.
   *
   * @param plan with all its other placeholders set
   * @param pictures of the whole step
   * @param first where those of the part begin
   */
  void weigh(ParallelPlan plan, float[] pictures, int first, int partOfStep, double progress) {
    originals = pictures;
    firstOriginal = first;
    part = partOfStep;
    if (part == 0 && steps % options.adaptEvery() == 0) {
      double faithful = lastLayerNorm(plan, 1, 0);
      balance.measured(faithful, lastLayerNorm(plan, 0, 1));
    }
    weights(plan, 1, options.weight() * options.ramped(progress) * balance.factor());
  }

  private double lastLayerNorm(ParallelPlan plan, double faithful, double adversarial) {
    weights(plan, faithful, adversarial);
    plan.run();
    int length = Math.toIntExact(generator.array(LAST_LAYER).length());
    float[] gradient = new float[length];
    float[] replica = new float[length];
    for (FlatMemory memory : plan.gradients()) {
      memory.read(generator.offset(LAST_LAYER), replica, 0, length);
      for (int i = 0; i < length; i++) {
        gradient[i] += replica[i];
      }
    }
    double squares = 0;
    for (float value : gradient) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static void weights(ParallelPlan plan, double faithful, double adversarial) {
    plan.set("faithfulWeight", new float[] {(float) faithful});
    plan.set("adversarialWeight", new float[] {(float) adversarial});
  }

  /** After a part of an adversarial step: the discriminator learns from the same pictures. */
  void learn(ParallelPlan ran) {
    Plans own = plans();
    int bytes = config.picture().bytes();
    float[] reconstructions = ran.floats("reconstruction");
    float[] pairs = new float[2 * reconstructions.length];
    for (int i = 0; i < training.part(); i++) {
      System.arraycopy(originals, firstOriginal + i * bytes, pairs, 2 * i * bytes, bytes);
      System.arraycopy(reconstructions, i * bytes, pairs, (2 * i + 1) * bytes, bytes);
    }
    own.discriminator().set("pictures", pairs, 0);
    own.discriminator().run();
    stepLoss = (part == 0 ? 0 : stepLoss) + own.discriminator().scalar("loss");
    if (part < training.accumulation() - 1) {
      own.optimiser().accumulate();
    } else {
      own.optimiser().step(steps, options.rate());
      steps++;
      loss = stepLoss;
    }
  }

  /** What can be told of the last step; nothing before the first. */
  Map<String, Double> measures() {
    return plans == null
        ? Map.of()
        : Map.of("discriminatorLoss", loss, "adversarialFactor", balance.factor());
  }

  /**
   * Takes a held-out PSNR in. If it is too far below the best, the weight is halved.
   *
   * @return whether training must go back
   */
  boolean isHarmed(double psnr) {
    boolean harmed = balance.isHarmed(psnr, plans != null);
    if (harmed) {
      balance.backOff();
    }
    return harmed;
  }

  /** What is left of the weight, 1 or less. */
  double share() {
    return balance.share();
  }

  /** Discriminator, its optimiser and the balance, by the names of files. */
  Map<String, TensorMap> state() {
    Map<String, TensorMap> state = new LinkedHashMap<>();
    TensorMap adversary = new TensorMap();
    balance.addTo(adversary, steps);
    state.put(STATE, adversary);
    if (plans != null) {
      state.put(WEIGHTS, discriminator.toTensors());
      state.put(OPTIMISER, plans.optimiser().toTensors());
    }
    return state;
  }

  /**
   * Goes back to a checkpoint. One from before the first adversarial step leaves the discriminator
   * as it is.
   *
   * @param keepShare whether what the weight has been halved to stays
   */
  void restore(Checkpoints.Checkpoint checkpoint, boolean keepShare) {
    long saved = balance.restore(checkpoint.tensors(STATE), keepShare);
    if (checkpoint.contains(WEIGHTS)) {
      Plans own = plans();
      discriminator.load(checkpoint.tensors(WEIGHTS));
      own.optimiser().load(checkpoint.tensors(OPTIMISER));
      steps = saved;
    }
  }

  @Override
  public void close() {
    if (plans != null) {
      plans.generator().close();
      plans.discriminator().close();
    }
  }
}
