package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Stage 1 with few channels at all sizes and shapes that are meant to work. */
class VqvaeSizesTest {
  private static final int[][] SIDES = {
    {32, 32}, {64, 64}, {96, 96}, {128, 128}, {32, 64}, {96, 32}, {128, 96}, {16, 48}
  };

  static Stream<Arguments> shapes() {
    return Stream.of(4, 8, 16)
        .flatMap(
            downsampling ->
                Stream.of(SIDES).map(side -> Arguments.of(side[0], side[1], downsampling)));
  }

  private static VqvaeConfig config(int height, int width, int downsampling) {
    return config(height, width, downsampling, 1);
  }

  private static VqvaeConfig config(int height, int width, int downsampling, int blocks) {
    PictureConfig picture =
        new PictureConfig(height, width, 0xFFFFFF, PictureConfig.Fit.CENTER_CROP);
    return new VqvaeConfig(
        picture,
        downsampling,
        4,
        4,
        blocks,
        new FiniteScalar(List.of(5, 5)),
        ReconstructionLoss.SQUARED_ERROR);
  }

  private static Rgb noise(int height, int width, long seed) {
    byte[] pixels = new byte[height * width * 3];
    new Random(seed).nextBytes(pixels);
    return new Rgb(height, width, pixels);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void picturesBecomeAGridOfCodesAndPicturesAgain(int height, int width, int downsampling) {
    VqvaeConfig config = config(height, width, downsampling);
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    try (PictureCodec codec = new PictureCodec(config, store, Execution.best())) {
      codec.encode(noise(height, width, 0));
      codec.decode(new int[config.tokens()]);
      GradientCheck.randomise(store, 0.3, 2);
      int[] codes = codec.encode(noise(height, width, 3));
      assertThat(codes).hasSize((height / downsampling) * (width / downsampling));
      assertThat(codec.encode(noise(height, width, 4))).isNotEqualTo(codes);
      Rgb decoded = codec.decode(codes);
      assertThat(decoded.height()).isEqualTo(height);
      assertThat(decoded.width()).isEqualTo(width);
      assertThat(decoded.isUniform()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyParameterLearns(int height, int width, int downsampling) {
    VqvaeConfig config = config(height, width, downsampling);
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, Execution.best());
    Vqvae.Training model = new Vqvae(config, graph, 1).training();
    Plan plan = Plan.training(graph, model.loss(), graph.parameters());
    GradientCheck.randomise(store, 0.3, 2);
    GraphInputs.random(graph, 3, 1).give(plan);
    plan.run();
    assertThat(plan.scalar("loss")).isPositive();
    for (String name : graph.parameters()) {
      float[] gradient = HostCopy.floats(plan.gradient(name));
      assertThat(gradient).as(name).satisfies(g -> assertThat(isZero(g)).isFalse());
    }
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Rows are not taken for columns: a change at the right changes codes at the right of each row.
   */
  @Test
  void codesAreInTheOrderOfTheRows() {
    VqvaeConfig config = config(32, 128, 16, 0);
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    try (PictureCodec codec = new PictureCodec(config, store, Execution.fused())) {
      Rgb first = noise(32, 128, 1);
      Rgb second = new Rgb(32, 128, first.pixels().clone());
      codec.encode(first);
      GradientCheck.randomise(store, 0.3, 2);
      for (int i = (31 * 128 + 120) * 3; i < second.pixels().length; i++) {
        second.pixels()[i] = (byte) (255 - second.pixels()[i]);
      }
      int[] before = codec.encode(first);
      int[] after = codec.encode(second);
      assertThat(before).hasSize(2 * 8);
      assertThat(after).isNotEqualTo(before);
      // Without residual blocks, what is four tokens to the left has not seen it.
      for (int row = 0; row < 2; row++) {
        for (int column = 0; column < 3; column++) {
          assertThat(after[row * 8 + column]).isEqualTo(before[row * 8 + column]);
        }
      }
    }
  }

  @Test
  void sidesThatAreNoMultipleOfTheDownsamplingAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(32, 40, 16))
        .withMessageContaining("picture width is 40, but must be a multiple of downsampling 16");
  }
}
