package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Operations;
import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.PlanAgreement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

class DetailLossTest {
  private static final int BATCH = 2;
  private static final int HEIGHT = 8;
  private static final int WIDTH = 12;
  private static final int STEP = 5;

  private final ParameterStore store = new ParameterStore(3, DataType.DOUBLE);
  private final Plan edges = plan(true);
  private final Plan scales = plan(false);
  private final double[] pictures = store.array("pictures").dup('c').data().asDouble();
  private final double[] reconstruction = store.array("x").dup('c').data().asDouble();

  private Plan plan(boolean ofEdges) {
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), BATCH, HEIGHT, WIDTH, 3);
    GraphTensor pictures =
        graph.parameter("pictures", Initialiser.normal(1), BATCH, HEIGHT, WIDTH, 3);
    DetailLoss details = new DetailLoss(graph, pictures, x, STEP);
    GraphTensor loss = ofEdges ? details.edges() : details.scales();
    return Plan.training(graph, loss.named("loss"), List.of("x"));
  }

  /** What is held against white, so that pixels beyond the border are 0. */
  private static double at(double[] values, int picture, int y, int x, int channel) {
    boolean inside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
    return inside ? values[((picture * HEIGHT + y) * WIDTH + x) * 3 + channel] - 1 : 0;
  }

  private double difference(int picture, int y, int x, int channel) {
    return at(reconstruction, picture, y, x, channel) - at(pictures, picture, y, x, channel);
  }

  /** Sobel's slopes across and down, of a picture's channels or of their difference. */
  private static double[] slopes(Pixel pixel, int y, int x) {
    double across = 0;
    double down = 0;
    for (int side = -1; side <= 1; side++) {
      int weight = side == 0 ? 2 : 1;
      across += weight * (pixel.at(y + side, x + 1) - pixel.at(y + side, x - 1));
      down += weight * (pixel.at(y + 1, x + side) - pixel.at(y - 1, x + side));
    }
    return new double[] {across / 8, down / 8};
  }

  private interface Pixel {
    double at(int y, int x);
  }

  private static double strength(double[] values, int picture, int y, int x) {
    double[] slopes =
        slopes(
            (row, column) ->
                0.299 * at(values, picture, row, column, 0)
                    + 0.587 * at(values, picture, row, column, 1)
                    + 0.114 * at(values, picture, row, column, 2),
            y,
            x);
    return Math.sqrt(slopes[0] * slopes[0] + slopes[1] * slopes[1] + 1.5e-5);
  }

  @Test
  void edgesAreTheMeanSizeOfBothSlopesAndTheDifferenceOfStrengths() {
    double sum = 0;
    double strengths = 0;
    for (int i = 0; i < BATCH * HEIGHT * WIDTH; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH % HEIGHT;
      int picture = i / WIDTH / HEIGHT;
      for (int channel = 0; channel < 3; channel++) {
        int of = channel;
        double[] slopes = slopes((row, column) -> difference(picture, row, column, of), y, x);
        sum += Math.abs(slopes[0]) + Math.abs(slopes[1]);
      }
      strengths +=
          Math.abs(strength(reconstruction, picture, y, x) - strength(pictures, picture, y, x));
    }
    edges.run();
    // As a share of the step's pictures, of which there are two of five here.
    double pixels = (double) STEP * HEIGHT * WIDTH;
    assertThat(edges.scalar("loss"))
        .isCloseTo(sum / (6 * pixels) + strengths / pixels, within(1e-6));
  }

  /** A light line in place of a dark one has all slopes wrong, and twice, but no strength. */
  @Test
  void aLineThatIsMissingCostsMoreThanOneWithTheWrongSlopes() {
    double right = edgesBetween(-1, -1);
    double wrong = edgesBetween(-1, 1);
    double missing = edgesBetween(-1, 0);
    assertThat(right).isZero();
    assertThat(wrong).isGreaterThan(0).isLessThan(0.95 * missing);
  }

  /** Between two grey pictures with a line each. */
  private static double edgesBetween(float line, float other) {
    ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    DetailLoss details = new DetailLoss(graph, withLine(graph, line), withLine(graph, other), 1);
    Plan plan = Plan.forward(graph, details.edges().named("edges"));
    plan.run();
    return plan.scalar("edges");
  }

  private static GraphTensor withLine(ModelGraph graph, float level) {
    float[] values = new float[HEIGHT * WIDTH * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 3 % WIDTH == WIDTH / 2 ? level : 0;
    }
    return graph.constant(values, 1, HEIGHT, WIDTH, 3);
  }

  @Test
  void scalesAreTheMeanSquaresOfSmallerPictures() {
    double expected = 0;
    for (int block : new int[] {2, 4}) {
      double sum = 0;
      for (int picture = 0; picture < BATCH; picture++) {
        for (int y = 0; y < HEIGHT; y += block) {
          for (int x = 0; x < WIDTH; x += block) {
            for (int channel = 0; channel < 3; channel++) {
              double mean = 0;
              for (int i = 0; i < block * block; i++) {
                mean +=
                    difference(picture, y + i / block, x + i % block, channel) / (block * block);
              }
              sum += mean * mean;
            }
          }
        }
      }
      expected += sum * block * block / ((double) STEP * HEIGHT * WIDTH * 3);
    }
    scales.run();
    assertThat(scales.scalar("loss")).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"F32, 1e-4", "BF16, 0.1"})
  void fusedOperationsComputeTheSame(Precision precision, double share) {
    ParameterStore single = new ParameterStore(3, DataType.FLOAT);
    Plan plain = edges(single, Execution.plain());
    Plan fused = edges(single, new Execution(Operations.FUSED, precision));
    plain.run();
    fused.run();
    PlanAgreement.assertClose("loss", fused.output("loss"), plain.output("loss"), share);
    PlanAgreement.assertGradients(fused, plain, List.of("x"), share);
  }

  private static Plan edges(ParameterStore store, Execution execution) {
    ModelGraph graph = new ModelGraph(store, execution);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), BATCH, HEIGHT, WIDTH, 3);
    GraphTensor pictures =
        graph.parameter("pictures", Initialiser.normal(1), BATCH, HEIGHT, WIDTH, 3);
    GraphTensor loss = new DetailLoss(graph, pictures, x, STEP).edges();
    return Plan.training(graph, loss.named("loss"), List.of("x"));
  }

  @Test
  void bothHaveTheirGradients() {
    GradientCheck.assertAgree(edges, "loss", store, List.of("x"), 1);
    GradientCheck.assertAgree(scales, "loss", store, List.of("x"), 2);
  }
}
