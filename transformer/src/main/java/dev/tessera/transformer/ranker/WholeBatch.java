package dev.tessera.transformer.ranker;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;

/**
 * The gradient of a loss that holds all pairs of a batch against each other, over replicas that
 * compute each of their shares alone (Gao et al., <i>Scaling deep contrastive learning batch size
 * under memory limited setup</i>, RepL4NLP 2021, section 3.2).
 *
 * <p>A step goes over the batch twice: forward for all vectors, of which {@link ContrastiveLoss}
 * says the loss and a gradient g for each vector; then forward and backward for Σ vector · g, whose
 * gradient for the weights is that of the loss. It costs a second forward pass, and neither the
 * number of processors nor that of replicas changes what is learned.
 */
final class WholeBatch implements AutoCloseable {
  private final RankerConfig config;
  private final ParameterStore store;
  private final Execution execution;
  private final int batch;
  private final int replicas;
  private final ParallelPlan forward;

  /**
   * Compiles the forward pass.
   *
   * @param store whose weights are read, and differentiated for
   * @param batch pairs of a step
   * @param replicas that share them
   */
  WholeBatch(
      RankerConfig config, ParameterStore store, Execution execution, int batch, int replicas) {
    this.config = config;
    this.store = store;
    this.execution = execution;
    this.batch = batch;
    this.replicas = replicas;
    this.forward = new ParallelPlan(batch, replicas, (share, all) -> forward(share));
  }

  private Plan forward(int share) {
    ModelGraph graph = new ModelGraph(store, execution);
    TwoTowers towers = new TwoTowers(config, graph, share);
    return Plan.forward(graph, towers.unitPictures(), towers.unitTexts());
  }

  /** A plan with the loss and its gradients, once {@link #set} has given it a batch. */
  ParallelPlan plan() {
    return new ParallelPlan(batch, replicas, (share, all) -> backward(share));
  }

  private Plan backward(int share) {
    ModelGraph graph = new ModelGraph(store, execution);
    Ops ops = graph.ops();
    TwoTowers towers = new TwoTowers(config, graph, share);
    GraphTensor pictures =
        ops.multiply(
            towers.unitPictures(),
            graph.placeholder("pictureGradients", share, config.embedding()));
    GraphTensor texts =
        ops.multiply(
            towers.unitTexts(), graph.placeholder("textGradients", share, config.embedding()));
    GraphTensor scale = ops.multiply(towers.logScale(), graph.placeholder("scaleGradient", 1));
    // What belongs to no pair is divided among the replicas, whose losses are added up.
    GraphTensor shared =
        ops.affine(ops.add(scale, graph.placeholder("rest", 1)), (double) share / batch, 0);
    GraphTensor loss = ops.add(ops.add(ops.sum(pictures), ops.sum(texts)), ops.sum(shared));
    return Plan.training(graph, loss.named("loss"), graph.parameters());
  }

  /**
   * Goes forward over a batch, and gives to a plan what the loss says of each vector.
   *
   * @param plan of {@link #plan}
   * @param pixels [B, H, W, 3], −1 to 1
   * @param texts [B·T]
   * @param groups [B], equal for pairs with the same text
   */
  void set(ParallelPlan plan, float[] pixels, int[] texts, int[] groups) {
    forward.set("pictures", pixels, 0);
    forward.set("texts", texts, 0);
    forward.run();
    float[] ofPictures = forward.floats("unitPictures");
    float[] ofTexts = forward.floats("unitTexts");
    double logScale = store.array(TwoTowers.LOG_SCALE).getDouble(0);
    ContrastiveLoss loss = ContrastiveLoss.of(ofPictures, ofTexts, groups, logScale);
    // What the sums lack to be the loss, so that what is reported is the loss.
    double rest =
        loss.loss()
            - product(ofPictures, loss.pictures())
            - product(ofTexts, loss.texts())
            - logScale * loss.logScale();
    plan.set("pictures", pixels, 0);
    plan.set("texts", texts, 0);
    plan.set("pictureGradients", loss.pictures(), 0);
    plan.set("textGradients", loss.texts(), 0);
    plan.set("scaleGradient", new float[] {(float) loss.logScale()});
    plan.set("rest", new float[] {(float) rest});
  }

  private static double product(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Ends the threads of the forward pass. */
  @Override
  public void close() {
    forward.close();
  }
}
