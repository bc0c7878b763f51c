package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.graph.Execution.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
  private static List<String> selected(String... names) {
    return Benchmarks.select(List.of(names)).stream().map(Benchmark::name).toList();
  }

  @Test
  void withoutNamesEverythingThatIsPublishedIsMeasured() {
    assertThat(selected())
        .containsExactly(
            "train/small/b8",
            "train/small/b16",
            "train/medium/b8",
            "train-f32/small/b8",
            "train-f32/medium/b8",
            "vqvae/train",
            "vqvae/encode",
            "vqvae/decode",
            "decode/small/b1",
            "decode/small/b16",
            "decode/medium/b1",
            "decode/medium/b16");
  }

  @Test
  void namesAndTheirBeginningsSelectInTheOrderOfTheTable() {
    assertThat(selected("vqvae", "train/small")).startsWith("train/small/b8", "train/small/b16");
    assertThat(selected("decode/medium/b1")).containsExactly("decode/medium/b1");
    assertThat(selected("tiny")).containsExactly("tiny/train", "tiny/vqvae", "tiny/decode");
  }

  @Test
  void aBenchmarkNamedTwiceIsMeasuredOnce() {
    assertThat(selected("decode/small", "decode/small/b1", "decode/small/b1"))
        .containsExactly("decode/small/b1", "decode/small/b16");
  }

  @Test
  void aBeginningEndsAtASlash() {
    assertThat(selected("train")).noneMatch(name -> name.startsWith("train-f32"));
    assertThatIllegalArgumentException().isThrownBy(() -> selected("decode/small/b"));
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> selected("train", "sing"))
        .withMessageStartingWith("there is no benchmark sing among train/small/b8, ")
        .withMessageEndingWith("tiny/decode");
  }

  @Test
  void onlyTrainF32IsInSinglePrecisionAmongTheTrainings() {
    for (Benchmark benchmark : Benchmarks.select(List.of("train", "train-f32", "vqvae"))) {
      boolean single = benchmark.name().startsWith("train-f32/");
      assertThat(benchmark.precision())
          .as(benchmark.name())
          .isEqualTo(single ? Precision.F32 : Precision.BF16);
    }
  }
}
