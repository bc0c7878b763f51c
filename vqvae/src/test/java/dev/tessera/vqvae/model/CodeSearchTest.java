package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.vqvae.measure.Psnr;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** With random weights, whose encoder knows nothing of what the decoder makes of its codes. */
class CodeSearchTest {
  private static final int PICTURES = 20;

  private static VqvaeConfig config(int height, int width, Quantiser quantiser) {
    return config(height, width, 4, quantiser);
  }

  private static VqvaeConfig config(int height, int width, int downsampling, Quantiser quantiser) {
    PictureConfig picture = new PictureConfig(height, width, 0xFFFFFF, PictureConfig.Fit.PAD);
    return new VqvaeConfig(picture, downsampling, 16, 16, 1, quantiser);
  }

  static Stream<VqvaeConfig> configs() {
    return Stream.of(
        config(24, 40, new FiniteScalar(List.of(5, 4, 3))),
        config(16, 16, new LookupFree(5, 0.25, 0.1, false)),
        config(8, 8, new FiniteScalar(List.of(2, 2))));
  }

  private static PictureCodec codec(VqvaeConfig config) {
    ParameterStore store = new ParameterStore(8, DataType.FLOAT);
    new Vqvae(config, new ModelGraph(store, DataType.FLOAT), 1).training();
    GradientCheck.randomise(store, 0.1, 8);
    return new PictureCodec(config, store, Execution.fused());
  }

  private static List<Rgb> pictures(PictureConfig picture) {
    Random random = new Random(9);
    return IntStream.range(0, PICTURES)
        .mapToObj(
            i -> {
              byte[] pixels = new byte[picture.bytes()];
              random.nextBytes(pixels);
              return new Rgb(picture.height(), picture.width(), pixels);
            })
        .toList();
  }

  private static double decibels(Rgb original, Rgb decoded) {
    Psnr psnr = new Psnr();
    psnr.add(original, decoded);
    return psnr.decibels();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everySweepMakesPicturesBetterAndNoneWorse(VqvaeConfig config) {
    List<Rgb> pictures = pictures(config.picture());
    try (PictureCodec codec = codec(config)) {
      double[] before = new double[PICTURES];
      for (int sweeps = 0; sweeps < 3; sweeps++) {
        List<Rgb> decoded =
            codec.decode(new CodeSearch(codec, sweeps).encode(PICTURES, pictures::get));
        int better = 0;
        for (int i = 0; i < PICTURES; i++) {
          double now = decibels(pictures.get(i), decoded.get(i));
          assertThat(now).isGreaterThanOrEqualTo(before[i]);
          better += now > before[i] ? 1 : 0;
          before[i] = now;
        }
        assertThat(better).as("sweep %d", sweeps).isGreaterThan(sweeps < 2 ? PICTURES / 2 : -1);
      }
    }
  }

  /** Of a picture with one token, of few codes, the best is found at once. */
  @Test
  void theOnlyTokenOfAPictureBecomesTheBestOfAllCodes() {
    VqvaeConfig config = config(8, 8, 8, new FiniteScalar(List.of(4, 4)));
    List<Rgb> pictures = pictures(config.picture());
    try (PictureCodec codec = codec(config)) {
      int[][] found = new CodeSearch(codec, 1).encode(PICTURES, pictures::get);
      int[][] every = IntStream.range(0, 16).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
      List<Rgb> all = codec.decode(every);
      for (int i = 0; i < PICTURES; i++) {
        Rgb picture = pictures.get(i);
        double best = all.stream().mapToDouble(one -> decibels(picture, one)).max().orElseThrow();
        assertThat(decibels(picture, all.get(found[i][0]))).isEqualTo(best);
      }
    }
  }

  @Test
  void withoutSweepsItIsTheEncoder() {
    VqvaeConfig config = config(16, 16, new FiniteScalar(List.of(5, 4, 3)));
    List<Rgb> pictures = pictures(config.picture());
    try (PictureCodec codec = codec(config)) {
      assertThat(new CodeSearch(codec, 0).encode(PICTURES, pictures::get))
          .isDeepEqualTo(codec.encode(PICTURES, pictures::get));
    }
  }

  @Test
  void aPictureGetsTheSameCodesInAnyCompany() {
    VqvaeConfig config = config(16, 16, new FiniteScalar(List.of(5, 4, 3)));
    List<Rgb> pictures = pictures(config.picture());
    try (PictureCodec codec = codec(config)) {
      CodeSearch search = new CodeSearch(codec, 2);
      int[][] together = search.encode(PICTURES, pictures::get);
      for (int i : new int[] {0, 7, PICTURES - 1}) {
        assertThat(search.encode(1, one -> pictures.get(i))[0]).isEqualTo(together[i]);
      }
    }
  }

  @Test
  void refusesSweepsThatMakeNoSense() {
    VqvaeConfig config = config(16, 16, new FiniteScalar(List.of(5, 4, 3)));
    try (PictureCodec codec = codec(config)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new CodeSearch(codec, -1))
          .withMessageContaining("sweeps is -1, but must be 0 to 100");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new CodeSearch(codec, 101))
          .withMessageContaining("sweeps is 101");
    }
  }
}
