package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadsTest {
  @ParameterizedTest
  @ValueSource(strings = {"tiny/train", "tiny/vqvae", "tiny/decode"})
  void aTinyWorkloadRepeatsWithAnyOperations(String name) {
    Benchmark benchmark = Benchmarks.select(List.of(name)).get(0);
    for (Execution execution : List.of(Execution.plain(), Execution.fused())) {
      try (Workload workload = benchmark.workload().apply(execution)) {
        workload.step();
        workload.step();
      }
    }
  }

  @Test
  void batchesAreLoadedAgainAndAgain() {
    try (Workload workload = new Loading(32, Execution.plain())) {
      for (int step = 0; step < 20; step++) {
        workload.step();
      }
    }
    assertThat(Benchmarks.select(List.of()))
        .as("a peer has nothing to compare with")
        .noneMatch(benchmark -> benchmark.name().startsWith("loader/"));
  }

  @Test
  void aTrainingTellsWhatItsStepsAreSpentOn() {
    try (Workload workload = TrainingSteps.gpt(GptShape.TINY, 2, Execution.fused())) {
      workload.step();
      Map<String, Double> profile = workload.profile(2);
      assertThat(profile).containsKeys("linear", "attention", "(batch)", "(optimiser)");
      assertThat(profile.values()).allMatch(milliseconds -> milliseconds > 0);
    }
  }

  @Test
  void picturesHaveTheSameCodesInPlainAndInFusedOperations() {
    int[] plain = codes(Execution.plain());
    assertThat(plain).hasSize(VaeShape.TINY.vectors());
    assertThat(plain).containsExactly(codes(Execution.fused()));
    assertThat(Arrays.stream(plain).distinct().count()).isBetween(2L, 1L * VaeShape.TINY.codes());
  }

  private static int[] codes(Execution execution) {
    Encoding encoding = new Encoding(VaeShape.TINY, execution);
    encoding.step();
    return encoding.codes();
  }

  @Test
  void codesHaveTheSamePicturesInPlainAndInFusedOperations() {
    float[] plain = pictures(Execution.plain());
    float[] fused = pictures(Execution.fused());
    assertThat(plain).hasSize(VaeShape.TINY.subpixels());
    for (int i = 0; i < plain.length; i++) {
      assertThat(fused[i]).isCloseTo(plain[i], within(1e-4f));
    }
  }

  private static float[] pictures(Execution execution) {
    Decoding decoding = new Decoding(VaeShape.TINY, execution);
    decoding.step();
    return decoding.pictures();
  }
}
