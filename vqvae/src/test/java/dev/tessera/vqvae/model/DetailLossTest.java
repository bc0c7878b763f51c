package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class DetailLossTest {
  private static final int BATCH = 2;
  private static final int HEIGHT = 8;
  private static final int WIDTH = 12;
  private static final int STEP = 5;

  private final ParameterStore store = new ParameterStore(3, DataType.DOUBLE);
  private final Plan edges = plan(true);
  private final Plan scales = plan(false);
  private final double[] difference = store.array("x").dup('c').data().asDouble();

  private Plan plan(boolean ofEdges) {
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), BATCH, HEIGHT, WIDTH, 3);
    DetailLoss details = new DetailLoss(graph, x, STEP);
    GraphTensor loss = ofEdges ? details.edges() : details.scales();
    return Plan.training(graph, loss.named("loss"), List.of("x"));
  }

  private double at(int picture, int y, int x, int channel) {
    boolean inside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
    return inside ? difference[((picture * HEIGHT + y) * WIDTH + x) * 3 + channel] : 0;
  }

  @Test
  void edgesAreTheMeanSizeOfBothSlopes() {
    double sum = 0;
    for (int i = 0; i < BATCH * HEIGHT * WIDTH * 3; i++) {
      int channel = i % 3;
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH % HEIGHT;
      int picture = i / 3 / WIDTH / HEIGHT;
      double across = 0;
      double down = 0;
      for (int side = -1; side <= 1; side++) {
        int weight = side == 0 ? 2 : 1;
        across +=
            weight
                * (at(picture, y + side, x + 1, channel) - at(picture, y + side, x - 1, channel));
        down +=
            weight
                * (at(picture, y + 1, x + side, channel) - at(picture, y - 1, x + side, channel));
      }
      sum += (Math.abs(across) + Math.abs(down)) / 8;
    }
    edges.run();
    // As a share of the step's pictures, of which there are two of five here.
    assertThat(edges.scalar("loss"))
        .isCloseTo(sum / (2.0 * STEP * HEIGHT * WIDTH * 3), within(1e-6));
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
                mean += at(picture, y + i / block, x + i % block, channel) / (block * block);
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

  @Test
  void bothHaveTheirGradients() {
    GradientCheck.assertAgree(edges, "loss", store, List.of("x"), 1);
    GradientCheck.assertAgree(scales, "loss", store, List.of("x"), 2);
  }
}
