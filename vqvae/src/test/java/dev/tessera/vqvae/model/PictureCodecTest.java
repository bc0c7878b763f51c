package dev.tessera.vqvae.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.Plan;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

class PictureCodecTest {
  private static final int PICTURES = 100;
  private static final PictureConfig WIDE =
      new PictureConfig(16, 24, 0xFFFFFF, PictureConfig.Fit.PAD);
  private static final Quantiser FSQ = new FiniteScalar(List.of(5, 4, 3));

  static Stream<Quantiser> quantisers() {
    return Stream.of(
        FSQ,
        new GumbelSoftmax(32, 6, 1, 0.1, 0, 0, 0, GumbelSoftmax.Logits.FREE),
        new GumbelSoftmax(32, 6, 1, 0.1, 0, 0.1, 0.1, GumbelSoftmax.Logits.DISTANCES),
        new VectorQuantiser(
            32, 16, 0.99, 0.25, 10, 0.03, true, VectorQuantiser.Gradient.STRAIGHT_THROUGH),
        new LookupFree(5, 0.25, 0.1, false));
  }

  private static VqvaeConfig config(Quantiser quantiser) {
    return new VqvaeConfig(WIDE, 4, 16, 16, 1, quantiser);
  }

  /** Random weights, so that residual blocks and biases have a part in the result. */
  private static ParameterStore weights(Quantiser quantiser) {
    ParameterStore store = new ParameterStore(8, DataType.FLOAT);
    new Vqvae(config(quantiser), new ModelGraph(store, DataType.FLOAT), 1).training();
    GradientCheck.randomise(store, 0.1, 8);
    return store;
  }

  private static PictureCodec codec(Quantiser quantiser) {
    return new PictureCodec(config(quantiser), weights(quantiser), Execution.fused());
  }

  private static List<Rgb> pictures() {
    Random random = new Random(9);
    List<Rgb> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      byte[] pixels = new byte[WIDE.bytes()];
      random.nextBytes(pixels);
      pictures.add(new Rgb(WIDE.height(), WIDE.width(), pixels));
    }
    return pictures;
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void codesAndPixelsAreTheSameInAnyCompany(Quantiser quantiser) {
    PictureCodec codec = codec(quantiser);
    List<Rgb> pictures = pictures();
    int[][] all = codec.encode(PICTURES, pictures::get);
    List<Rgb> decoded = codec.decode(all);
    assertThat(Arrays.stream(all).flatMapToInt(Arrays::stream).distinct().count())
        .as("codes in use")
        .isGreaterThan(5);
    for (int i = 0; i < PICTURES; i++) {
      assertThat(all[i]).hasSize(4 * 6);
      assertThat(codec.encode(pictures.get(i))).as("picture %d alone", i).isEqualTo(all[i]);
      assertThat(codec.decode(all[i]).pixels())
          .as("picture %d alone", i)
          .isEqualTo(decoded.get(i).pixels());
    }
    for (int count : new int[] {2, 15, 16, 17, 63, 65}) {
      int first = PICTURES - count;
      int[][] some = codec.encode(count, i -> pictures.get(first + i));
      assertThat(some).as("%d pictures", count).isEqualTo(Arrays.copyOfRange(all, first, PICTURES));
      List<Rgb> part = codec.decode(some);
      for (int i = 0; i < count; i++) {
        assertThat(part.get(i).pixels()).isEqualTo(decoded.get(first + i).pixels());
      }
    }
  }

  @Test
  void picturesAreDecodedAsTheTrainingGraphReconstructsThem() {
    int batch = 5;
    ParameterStore store = weights(FSQ);
    ModelGraph graph = new ModelGraph(store, DataType.FLOAT);
    Plan plan =
        Plan.forward(graph, new Vqvae(config(FSQ), graph, batch).training().reconstruction());
    float[] pixels = new float[batch * WIDE.bytes()];
    for (int i = 0; i < batch; i++) {
      PixelTransform.toFloats(pictures().get(i).pixels(), pixels, i * WIDE.bytes());
    }
    plan.set("pictures", pixels);
    plan.run();
    float[] expected = plan.floats("reconstruction");

    PictureCodec codec = new PictureCodec(config(FSQ), store, Execution.fused());
    List<Rgb> decoded = codec.decode(codec.encode(batch, pictures()::get));
    for (int i = 0; i < batch; i++) {
      for (int j = 0; j < WIDE.bytes(); j++) {
        int value = decoded.get(i).pixels()[j] & 0xFF;
        int right = PixelTransform.toByte(expected[i * WIDE.bytes() + j]) & 0xFF;
        assertThat(value).as("picture %d byte %d", i, j).isBetween(right - 1, right + 1);
      }
    }
  }

  /** Free logits of codes are BFLOAT16 inside a graph of that precision. */
  @ParameterizedTest
  @EnumSource
  void aLearnedCodebookIsEncodedInEveryPrecision(Execution.Precision precision) {
    assumeTrue(precision == Execution.Precision.F32 || OneDnn.takesBfloat16());
    Quantiser gumbel = new GumbelSoftmax(40, 6, 1, 0.5, 0.1, 0, 0, GumbelSoftmax.Logits.FREE);
    Execution execution = new Execution(Execution.Operations.FUSED, precision);
    ParameterStore store = weights(gumbel);
    try (PictureCodec fused = new PictureCodec(config(gumbel), store, execution);
        PictureCodec plain = new PictureCodec(config(gumbel), store, Execution.plain())) {
      int[][] codes = fused.encode(PICTURES, pictures()::get);
      int[][] expected = plain.encode(PICTURES, pictures()::get);
      int same = 0;
      int all = 0;
      for (int i = 0; i < PICTURES; i++) {
        for (int j = 0; j < codes[i].length; j++) {
          same += codes[i][j] == expected[i][j] ? 1 : 0;
          all++;
        }
      }
      assertThat((double) same / all).isGreaterThan(0.9);
    }
  }

  @Test
  void eachPictureIsAskedForOnceInOrder() {
    List<Integer> asked = new ArrayList<>();
    Rgb black = Rgb.solid(16, 24, 0);
    codec(FSQ)
        .encode(
            20,
            i -> {
              asked.add(i);
              return black;
            });
    assertThat(asked).containsExactly(IntStream.range(0, 20).boxed().toArray(Integer[]::new));
  }

  @Test
  void nothingBecomesNothing() {
    assertThat(codec(FSQ).encode(0, i -> Rgb.solid(16, 24, 0))).isEmpty();
    assertThat(codec(FSQ).decode(new int[0][])).isEmpty();
  }

  @Test
  void picturesComeBackInTheModelsSize() {
    Rgb picture = codec(FSQ).decode(new int[24]);
    assertThat(picture.height()).isEqualTo(16);
    assertThat(picture.width()).isEqualTo(24);
  }

  @Test
  void trainedWeightsAreEnough() {
    ParameterStore trained = new ParameterStore(weights(FSQ).toTensors());
    PictureCodec loaded = new PictureCodec(config(FSQ), trained, Execution.fused());
    Rgb picture = pictures().get(0);
    assertThat(loaded.encode(picture)).isEqualTo(codec(FSQ).encode(picture));
  }

  @Test
  void weightsInTrainingAreReadAtEachCall() {
    ParameterStore store = weights(FSQ);
    PictureCodec codec = new PictureCodec(config(FSQ), store, Execution.fused());
    Rgb before = codec.decode(new int[24]);
    store.array("decoder/out/bias").addi(0.5);
    assertThat(codec.decode(new int[24]).pixels()).isNotEqualTo(before.pixels());
  }

  @Test
  void wrongPicturesAndCodesAreNamed() {
    PictureCodec codec = codec(FSQ);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.encode(Rgb.solid(24, 16, 0)))
        .withMessageContainingAll("24", "16");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(new int[23]))
        .withMessageContainingAll("23", "24");
    int[] codes = new int[24];
    codes[7] = 60;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(codes))
        .withMessageContainingAll("60", "59");
    codes[7] = -1;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> codec.decode(codes))
        .withMessageContaining("-1");
  }
}
