package dev.tessera.vqvae.quantiser;

import static dev.tessera.vqvae.quantiser.GumbelSoftmax.Logits.DISTANCES;
import static dev.tessera.vqvae.quantiser.GumbelSoftmax.Logits.FREE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.random.GumbelNoise;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class GumbelSoftmaxTest {
  private static final int CODES = 6;
  private static final int CHANNELS = 3;
  private static final int GRID = 4;
  private static final GumbelSoftmax QUANTISER =
      new GumbelSoftmax(CODES, CHANNELS, 1, 0.0625, 2, 0, 0, FREE);

  /** The quantiser alone, with what it makes named. */
  private static final class Alone {
    final ParameterStore store = new ParameterStore(4, DataType.FLOAT);
    final ParallelPlan plan;

    Alone(int pictures) {
      plan = new ParallelPlan(pictures, 3, this::compile);
    }

    private Plan compile(int share, int pictures) {
      ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
      GraphTensor x = graph.placeholder("x", (long) share * GRID, CODES);
      Quantiser.Quantised quantised = QUANTISER.quantise(graph, x, pictures, pictures);
      return Plan.forward(
          graph,
          quantised.codes().named("codes"),
          quantised.regulariser().orElseThrow().named("penalty"));
    }

    void fill(long seed, long step, double progress) {
      int vectors = plan.length("x") / CODES;
      QUANTISER.set(plan, QUANTISER.noise(seed, step, vectors), 0, progress);
    }
  }

  private static float[] repeated(float[] picture, int times) {
    float[] all = new float[picture.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(picture, 0, all, i * picture.length, picture.length);
    }
    return all;
  }

  @Test
  void theDivergencePerPictureDoesNotDependOnTheBatch() {
    float[] picture = GraphInputs.gaussians(new Random(5), GRID * CODES, 1);
    double expected = 0;
    for (int row = 0; row < GRID; row++) {
      double total = 0;
      for (int k = 0; k < CODES; k++) {
        total += Math.exp(picture[row * CODES + k]);
      }
      for (int k = 0; k < CODES; k++) {
        double q = Math.exp(picture[row * CODES + k]) / total;
        expected += q * Math.log(q * CODES);
      }
    }
    for (int pictures : new int[] {1, 8, 64}) {
      Alone alone = new Alone(pictures);
      alone.plan.set("x", repeated(picture, pictures));
      alone.fill(1, 0, 1);
      alone.plan.run();
      assertThat(alone.plan.scalar("penalty"))
          .as("%d pictures", pictures)
          .isCloseTo(QUANTISER.klWeight() * expected, within(1e-4 * expected));
    }
  }

  @Test
  void theDivergenceOfUniformCodesIsZeroAndItsWeightRises() {
    Alone alone = new Alone(2);
    alone.plan.set("x", new float[2 * GRID * CODES]);
    alone.fill(1, 0, 1);
    alone.plan.run();
    assertThat(alone.plan.scalar("penalty")).isCloseTo(0, within(1e-5));

    alone.plan.set("x", GraphInputs.gaussians(new Random(5), 2 * GRID * CODES, 1));
    double[] penalties = new double[4];
    double[] progress = {0, 0.05, 0.1, 0.7};
    for (int i = 0; i < penalties.length; i++) {
      alone.fill(1, 0, progress[i]);
      alone.plan.run();
      penalties[i] = alone.plan.scalar("penalty");
    }
    assertThat(penalties[0]).isZero();
    assertThat(penalties[1]).isCloseTo(penalties[2] / 2, within(1e-5));
    assertThat(penalties[3]).isEqualTo(penalties[2]);
  }

  /** The sharpness is read off the codes: with logits 0 the noise decides, over the temperature. */
  @Test
  void theTemperatureFallsGeometricallyOverThreeQuarters() {
    double[] progress = {0, 0.375, 0.75, 1};
    double[] temperatures = {1, 0.25, 0.0625, 0.0625};
    Alone alone = new Alone(1);
    float[] x = GraphInputs.gaussians(new Random(6), GRID * CODES, 1);
    float[] codebook = QUANTISER.codebook(alone.store);
    for (int i = 0; i < progress.length; i++) {
      alone.plan.set("x", x);
      alone.fill(9, 3, progress[i]);
      float[] noise = noise(9, 3);
      alone.plan.run();
      float[] codes = alone.plan.floats("codes");
      for (int row = 0; row < GRID; row++) {
        double[] q = new double[CODES];
        double total = 0;
        for (int k = 0; k < CODES; k++) {
          int at = row * CODES + k;
          q[k] = Math.exp((x[at] + noise[at]) / temperatures[i]);
          total += q[k];
        }
        for (int c = 0; c < CHANNELS; c++) {
          double mixed = 0;
          for (int k = 0; k < CODES; k++) {
            mixed += q[k] / total * codebook[k * CHANNELS + c];
          }
          assertThat((double) codes[row * CHANNELS + c]).isCloseTo(mixed, within(1e-4));
        }
      }
    }
  }

  private static float[] noise(long seed, long step) {
    CounterRandom random = new CounterRandom(seed, "gumbel noise", step);
    float[] noise = new float[GRID * CODES];
    GumbelNoise.fill(noise, random);
    return noise;
  }

  /** Codes and their vectors, one at each corner of a square and one in the middle. */
  @Test
  void logitsOfDistancesPreferTheNearestCode() {
    GumbelSoftmax near = new GumbelSoftmax(5, 2, 1, 0.5, 0, 0, 0, DISTANCES);
    assertThat(near.inputChannels()).isEqualTo(2);
    ParameterStore store = new ParameterStore(4, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 30, 2);
    Plan plan = Plan.forward(graph, near.selection(graph, x).named("selection"));
    float[] codebook = {-2, -2, 2, -2, -2, 2, 2, 2, 0, 0};
    store.write("quantiser/codebook", codebook);
    float[] vectors = GraphInputs.gaussians(new Random(3), 60, 2);
    plan.set("x", vectors);
    plan.run();
    float[] selection = plan.floats("selection");
    for (int row = 0; row < 30; row++) {
      double[] logits = new double[5];
      for (int k = 0; k < 5; k++) {
        double dx = vectors[2 * row] - codebook[2 * k];
        double dy = vectors[2 * row + 1] - codebook[2 * k + 1];
        logits[k] = -(dx * dx + dy * dy) / 2;
      }
      for (int k = 0; k < 5; k++) {
        assertThat((double) selection[row * 5 + k] - selection[row * 5])
            .isCloseTo(logits[k] - logits[0], within(1e-4));
      }
      double largest = Arrays.stream(logits).max().orElseThrow();
      assertThat(logits[near.code(selection, row)]).isEqualTo(largest);
    }
  }

  /** With all vectors at one code, the penalty's gradient leads them to the others. */
  @Test
  void unevenUseIsPenalised() {
    GumbelSoftmax even = new GumbelSoftmax(CODES, CHANNELS, 1, 0.5, 0, 0, 3, FREE);
    ParameterStore store = new ParameterStore(4, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    GraphTensor x = graph.parameter("x", Initialiser.zeros(), 2 * GRID, CODES);
    GraphTensor penalty = even.quantise(graph, x, 2, 4).regulariser().orElseThrow().named("loss");
    Plan plan = Plan.training(graph, penalty, List.of("x"));
    CodebookLearner learner = even.learner(store, 1).orElseThrow();
    int[] first = new int[2 * GRID];
    for (int step = 0; step < 50; step++) {
      learner.observe(first, new float[0], new float[0]);
      learner.update(step, 0.1);
    }
    // Of equal probabilities: half of the step's vectors, each the mean of log(K · share).
    double share = Math.pow(0.98, 50) / CODES;
    double rest = 1 - (CODES - 1) * share;
    double expected =
        3 * (Math.log(rest * CODES) + (CODES - 1) * Math.log(share * CODES)) / CODES / 2;
    plan.set("quantiser/klWeight", new float[1]);
    plan.set("quantiser/inverseTemperature", new float[1]);
    plan.run();
    assertThat(plan.scalar("loss")).isCloseTo(expected, within(1e-4));
    double[] gradient = plan.gradient("x").dup('c').data().asDouble();
    for (int i = 0; i < gradient.length; i++) {
      assertThat(i % CODES == 0 ? gradient[i] : -gradient[i]).as("slope %d", i).isPositive();
    }
  }

  @Test
  void severalLearnersKeepTheirStatesApart() {
    GumbelSoftmax both = new GumbelSoftmax(CODES, CHANNELS, 1, 0.5, 0, 0.1, 1, FREE);
    ParameterStore store = new ParameterStore(4, DataType.FLOAT);
    both.declare(new ModelGraph(store, DataType.FLOAT));
    CodebookLearner learner = both.learner(store, 1).orElseThrow();
    CodebookLearner resumed = both.learner(store, 1).orElseThrow();
    learner.observe(new int[] {2}, new float[CODES], new float[0]);
    learner.update(1, 0.1);
    assertThat(resumed.state().asMap()).hasSize(2).isNotEqualTo(learner.state().asMap());
    resumed.restore(learner.state());
    assertThat(resumed.state().asMap()).isEqualTo(learner.state().asMap());
  }

  @Test
  void theNoiseDependsOnSeedAndStep() {
    Alone alone = new Alone(1);
    alone.plan.set("x", new float[GRID * CODES]);
    float[][] codes = new float[4][];
    long[][] keys = {{1, 1}, {2, 1}, {1, 2}, {1, 1}};
    for (int i = 0; i < keys.length; i++) {
      alone.fill(keys[i][0], keys[i][1], 0.5);
      alone.plan.run();
      codes[i] = alone.plan.floats("codes");
    }
    assertThat(codes[0]).isNotEqualTo(codes[1]).isNotEqualTo(codes[2]).isEqualTo(codes[3]);
  }

  @Test
  void aPartOfAStepGetsItsVectorsOfTheNoise() {
    float[] noise = QUANTISER.noise(5, 6, 4 * GRID);
    assertThat(noise).hasSize(4 * GRID * CODES);
    Alone whole = new Alone(4);
    whole.plan.set("x", new float[4 * GRID * CODES]);
    QUANTISER.set(whole.plan, noise, 0, 0.5);
    whole.plan.run();
    float[] codes = whole.plan.floats("codes");
    Alone part = new Alone(2);
    part.plan.set("x", new float[2 * GRID * CODES]);
    QUANTISER.set(part.plan, noise, 2 * GRID, 0.5);
    part.plan.run();
    assertThat(part.plan.floats("codes"))
        .isEqualTo(Arrays.copyOfRange(codes, codes.length / 2, codes.length));
  }

  @Test
  void theCodeIsTheMostProbableOne() {
    float[] selection = GraphInputs.gaussians(new Random(7), 50 * CODES, 1);
    for (int row = 0; row < 50; row++) {
      float chosen = selection[row * CODES + QUANTISER.code(selection, row)];
      for (int k = 0; k < CODES; k++) {
        assertThat(chosen).isGreaterThanOrEqualTo(selection[row * CODES + k]);
      }
    }
    assertThat(QUANTISER.code(new float[CODES], 0)).as("the first of equals").isZero();
  }

  @Test
  void aCodeThatIsNeverChosenRisesUntilItIs() {
    GumbelSoftmax quantiser = new GumbelSoftmax(CODES, CHANNELS, 1, 0.5, 0, 0.1, 0, FREE);
    ParameterStore store = new ParameterStore(4, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 20, CODES);
    Plan plan = Plan.forward(graph, quantiser.selection(graph, x).named("selection"));
    CodebookLearner learner = quantiser.learner(store, 1).orElseThrow();
    // The last code is two nats behind for all vectors, and more so for some.
    float[] vectors = GraphInputs.gaussians(new Random(8), 20 * CODES, 1);
    for (int row = 0; row < 20; row++) {
      vectors[row * CODES + CODES - 1] = -3;
    }
    int chosen = 0;
    for (int step = 1; step <= 400; step++) {
      plan.set("x", vectors);
      plan.run();
      float[] selection = plan.floats("selection");
      int[] codes = new int[20];
      Arrays.setAll(codes, row -> quantiser.code(selection, row));
      chosen = (int) Arrays.stream(codes).filter(code -> code == CODES - 1).count();
      if (step == 1) {
        assertThat(chosen).isZero();
      }
      CodebookLearner resumed = quantiser.learner(store, 1).orElseThrow();
      resumed.restore(learner.state());
      learner = resumed;
      learner.observe(codes, selection, new float[0]);
      learner.update(step, 0.1);
    }
    assertThat(chosen).as("chosen, but not by most").isBetween(1, 10);
  }

  @Test
  void valuesOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(1, 4, 1, 1, 0, 0, 0, FREE))
        .withMessageContainingAll("codebook size", "1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 0, 1, 1, 0, 0, 0, FREE))
        .withMessageContaining("code channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 4, 0, 1, 0, 0, 0, FREE))
        .withMessageContaining("start temperature");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 4, 1, Double.NaN, 0, 0, 0, FREE))
        .withMessageContaining("end temperature");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 4, 1, 1, -1, 0, 0, FREE))
        .withMessageContaining("KL weight");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 4, 1, 1, 0, 1, 0, FREE))
        .withMessageContaining("revival share");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GumbelSoftmax(8, 4, 1, 1, 0, 0, -0.5, FREE))
        .withMessage("usage weight is -0.5, but must be 0 or more");
  }
}
