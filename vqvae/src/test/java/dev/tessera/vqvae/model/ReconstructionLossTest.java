package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.train.Budget;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.LearningRate;
import dev.tessera.engine.train.Optimiser;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

class ReconstructionLossTest {
  private static final double EPSILON = 0.1;

  @TempDir Path folder;

  /** A location and a scale, held against a pixel, as parameters of a graph. */
  private static final class Subpixel {
    final ParameterStore store = new ParameterStore(1, DataType.DOUBLE);
    final Plan plan;

    Subpixel(ReconstructionLoss loss, double pixel, double location, double logScale) {
      ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
      GraphTensor mu = graph.parameter("location", constant(location), 1, 1);
      GraphTensor lnB = graph.parameter("scale", constant(logScale), 1, 1);
      GraphTensor x = graph.constant(new float[] {(float) pixel}, 1, 1);
      GraphTensor error = graph.ops().sum(loss.errors(graph.ops(), mu, lnB, x)).named("loss");
      GraphTensor shown = graph.ops().reshape(loss.shown(graph.ops(), mu), 1).named("shown");
      List<String> parameters = loss.hasScale() ? graph.parameters() : List.of("location");
      plan = Plan.training(graph, error, parameters, shown);
      plan.run();
    }

    double gradient(String parameter) {
      return plan.gradient(parameter).getDouble(0);
    }

    private static Initialiser constant(double value) {
      return (values, random) -> values[0] = (float) value;
    }
  }

  private static double phi(double pixel) {
    return (1 - 2 * EPSILON) * (pixel + 1) / 2 + EPSILON;
  }

  private static double logit(double x) {
    return Math.log(x / (1 - x));
  }

  /** −log f of the paper's density, less what does not depend on the decoder. */
  @Test
  void logitLaplaceIsTheNegativeLogLikelihoodAndItsGradientsCountAsMuchAsTheScale() {
    for (double pixel : new double[] {-1, -0.3, 0, 0.7, 1}) {
      for (double location : new double[] {-3, 0.1, 2}) {
        double lnB = -1.2;
        Subpixel subpixel = new Subpixel(ReconstructionLoss.LOGIT_LAPLACE, pixel, location, lnB);
        double b = Math.exp(3 * Math.tanh(lnB / 3));
        double x = phi(pixel);
        double density = Math.exp(-Math.abs(logit(x) - location) / b) / (2 * b * x * (1 - x));
        double constant = Math.log(2 * x * (1 - x));
        assertThat(subpixel.plan.scalar("loss"))
            .isCloseTo(-Math.log(density) - constant, within(1e-5));
        // The likelihood's own gradients, b times.
        double distance = location - logit(x);
        assertThat(subpixel.gradient("location")).isCloseTo(Math.signum(distance), within(1e-5));
        double slope = 1 - Math.pow(Math.tanh(lnB / 3), 2);
        assertThat(subpixel.gradient("scale"))
            .isCloseTo((b - Math.abs(distance)) * slope, within(1e-5));
      }
    }
  }

  @Test
  void everyByteComesBackFromItsLogit() {
    for (int value = 0; value < 256; value++) {
      float pixel = PixelTransform.toFloat((byte) value);
      Subpixel subpixel =
          new Subpixel(ReconstructionLoss.LOGIT_LAPLACE, pixel, logit(phi(pixel)), 0);
      float shown = subpixel.plan.floats("shown")[0];
      assertThat(PixelTransform.toByte(shown) & 0xFF).isEqualTo(value);
    }
  }

  @Test
  void theOthersAreDistances() {
    Subpixel squared = new Subpixel(ReconstructionLoss.SQUARED_ERROR, 0.5, -0.25, 9);
    assertThat(squared.plan.scalar("loss")).isCloseTo(0.5625, within(1e-6));
    assertThat(squared.plan.floats("shown")).containsExactly(-0.25f);
    Subpixel absolute = new Subpixel(ReconstructionLoss.ABSOLUTE_ERROR, 0.5, -0.25, 9);
    assertThat(absolute.plan.scalar("loss")).isCloseTo(0.75, within(1e-6));
  }

  /** Trains a tiny auto-encoder on two flat colours alone. */
  @ParameterizedTest
  @EnumSource
  void aTrainedModelReproducesFlatColours(ReconstructionLoss loss) throws IOException {
    PictureConfig picture = PictureConfig.square(8);
    VqvaeConfig config =
        new VqvaeConfig(picture, 4, 16, 16, 0, new FiniteScalar(List.of(4, 4)), loss);
    Rgb[] colours = {Rgb.solid(8, 8, 0xF0C020), Rgb.solid(8, 8, 0x1060A0)};
    int batch = 4;
    float[] pixels = new float[batch * picture.bytes()];
    for (int i = 0; i < batch; i++) {
      PixelTransform.toFloats(colours[i % 2].pixels(), pixels, i * picture.bytes());
    }
    ParameterStore store = new ParameterStore(6, DataType.FLOAT);
    try (TrainingLoop loop = flatLoop(config, store, batch, pixels)) {
      loop.run(new Budget.Steps(1500), () -> false);
    }
    try (PictureCodec codec = new PictureCodec(config, store, Execution.plain())) {
      for (Rgb colour : colours) {
        byte[] decoded = codec.decode(codec.encode(colour)).pixels();
        for (int i = 0; i < decoded.length; i++) {
          int expected = colour.pixels()[i] & 0xFF;
          assertThat(decoded[i] & 0xFF).isBetween(expected - 9, expected + 9);
        }
      }
    }
  }

  private TrainingLoop flatLoop(
      VqvaeConfig config, ParameterStore store, int batch, float[] pixels) {
    TrainingLoop.Task task =
        new TrainingLoop.Task() {
          @Override
          public String stage() {
            return "flat";
          }

          @Override
          public TrainingLoop.Prepared prepare(long step) {
            return (plan, part, progress) -> plan.set("pictures", pixels);
          }

          @Override
          public TrainingLoop.Evaluation evaluate(long step) {
            return new TrainingLoop.Evaluation(Map.of(), Double.NaN);
          }
        };
    ParallelPlan plan =
        new ParallelPlan(
            batch,
            1,
            (share, all) -> {
              ModelGraph graph = new ModelGraph(store, Execution.plain());
              Vqvae.Training model = new Vqvae(config, graph, share).training(all);
              return Plan.training(graph, model.loss(), graph.parameters());
            });
    return new TrainingLoop(
        task,
        plan,
        store,
        new TrainingLoop.Options(
            1,
            new LearningRate(0.01, 5, 0.3, LearningRate.Decay.LINEAR, 0),
            new Optimiser.Options(0.9, 0.99, 0, 1),
            Execution.plain(),
            0.9,
            1,
            1,
            new byte[0]),
        new Checkpoints(folder, 1),
        new TrainingListener() {});
  }
}
