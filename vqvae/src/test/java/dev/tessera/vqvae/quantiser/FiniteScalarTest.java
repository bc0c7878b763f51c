package dev.tessera.vqvae.quantiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class FiniteScalarTest {
  private static final ParameterStore NOTHING = new ParameterStore(1, DataType.FLOAT);

  static Stream<FiniteScalar> quantisers() {
    return Stream.of(
        new FiniteScalar(List.of(2)),
        new FiniteScalar(List.of(3)),
        new FiniteScalar(List.of(64)),
        new FiniteScalar(List.of(5, 4)),
        new FiniteScalar(List.of(2, 3, 4, 5)),
        new FiniteScalar(List.of(8, 5, 5, 5)));
  }

  /** Codes and the decoder's vectors of given encoder vectors. */
  private record Quantised(int[] codes, float[] vectors) {}

  private static Quantised quantise(FiniteScalar quantiser, float[] vectors) {
    int channels = quantiser.inputChannels();
    int rows = vectors.length / channels;
    ModelGraph graph = new ModelGraph(NOTHING, DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", rows, channels);
    GraphTensor selection = quantiser.selection(graph, x).named("selection");
    GraphTensor codes = quantiser.quantise(graph, x, 1, 1).codes().named("codes");
    Plan plan = Plan.forward(graph, selection, codes);
    plan.set("x", vectors);
    plan.run();
    float[] selected = plan.floats("selection");
    int[] ids = new int[rows];
    Arrays.setAll(ids, row -> quantiser.code(selected, row));
    return new Quantised(ids, plan.floats("codes"));
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void whatTheDecoderSeesInTrainingIsTheCodebooksVectorOfTheCode(FiniteScalar quantiser) {
    int channels = quantiser.inputChannels();
    float[] vectors = GraphInputs.gaussians(new Random(3), 500 * channels, 1.5);
    Quantised quantised = quantise(quantiser, vectors);
    float[] codebook = quantiser.codebook(NOTHING);
    for (int row = 0; row < 500; row++) {
      int code = quantised.codes[row];
      assertThat(code).isBetween(0, quantiser.codebookSize() - 1);
      assertThat(Arrays.copyOfRange(quantised.vectors, row * channels, (row + 1) * channels))
          .containsExactly(
              Arrays.copyOfRange(codebook, code * channels, (code + 1) * channels), within(2e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void theCodebookHasDifferentVectorsWithinOne(FiniteScalar quantiser) {
    int channels = quantiser.codeChannels();
    float[] codebook = quantiser.codebook(NOTHING);
    assertThat(codebook).hasSize(quantiser.codebookSize() * channels);
    TreeSet<String> different = new TreeSet<>();
    for (int code = 0; code < quantiser.codebookSize(); code++) {
      float[] vector = Arrays.copyOfRange(codebook, code * channels, (code + 1) * channels);
      different.add(Arrays.toString(vector));
      for (float value : vector) {
        assertThat(value).isBetween(-1f, 1f);
      }
    }
    assertThat(different).hasSize(quantiser.codebookSize());
  }

  /** Equation 1 and appendix A.1 of the paper, for more than two levels. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 8, 63, 64})
  void levelsAreThoseOfThePapersFormula(int levels) {
    float[] vectors = GraphInputs.gaussians(new Random(levels), 2000, 1);
    int[] codes = quantise(new FiniteScalar(List.of(levels)), vectors).codes;
    double half = (levels - 1) * (1 - 1e-3) / 2;
    double offset = levels % 2 == 0 ? 0.5 : 0;
    double ratio = offset / half;
    double shift = Math.log((1 + ratio) / (1 - ratio)) / 2;
    int compared = 0;
    for (int i = 0; i < vectors.length; i++) {
      double bounded = Math.tanh(vectors[i] + shift) * half - offset;
      double nearest = Math.rint(bounded);
      if (Math.abs(bounded - nearest) < 0.499) {
        assertThat(codes[i]).isEqualTo((int) nearest + levels / 2);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(1900);
  }

  @Test
  void theLastChannelVariesFastest() {
    assertThat(new FiniteScalar(List.of(2, 3)).codebook(NOTHING))
        .containsExactly(-1, -1, -1, 0, -1, 1, 0, -1, 0, 0, 0, 1);
  }

  /** But not with two levels, neither of which is at zero in the encoder's eyes. */
  @Test
  void zerosStayZero() {
    for (int levels = 3; levels <= 64; levels++) {
      Quantised quantised = quantise(new FiniteScalar(List.of(levels, 3)), new float[2]);
      assertThat(quantised.vectors).containsExactly(new float[2], within(1e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void everyCodeCanBeReachedAndEveryLevelInOrder(FiniteScalar quantiser) {
    for (int channel = 0; channel < quantiser.inputChannels(); channel++) {
      int levels = quantiser.levels().get(channel);
      int channels = quantiser.inputChannels();
      int points = 4001;
      float[] vectors = new float[points * channels];
      for (int i = 0; i < points; i++) {
        vectors[i * channels + channel] = (i - points / 2) * 0.005f;
      }
      float[] quantised = quantise(quantiser, vectors).vectors;
      TreeSet<Float> seen = new TreeSet<>();
      float before = -2;
      for (int i = 0; i < points; i++) {
        float value = Math.round(quantised[i * channels + channel] * 1e5f) / 1e5f;
        assertThat(value).isGreaterThanOrEqualTo(before);
        before = value;
        seen.add(value);
      }
      assertThat(seen).hasSize(levels);
    }
  }

  @Test
  void valuesOutsideTheirRangeAreNamed() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FiniteScalar(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FiniteScalar(List.of(5, 1)))
        .withMessageContainingAll("[5, 1]", "2 to 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FiniteScalar(List.of(65)))
        .withMessageContaining("65");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FiniteScalar(Collections.nCopies(9, 64)))
        .withMessageContaining("65536");
  }
}
