package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Precision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static final MatrixPeak PEAK =
      new MatrixPeak(
          List.of(
              new MatrixPeak.Rate(1024, 1024, 1024, Precision.F32, 100e9),
              new MatrixPeak.Rate(1152, 256, 1024, Precision.F32, 200e9),
              new MatrixPeak.Rate(1024, 1024, 1024, Precision.BF16, 500e9),
              new MatrixPeak.Rate(1152, 256, 1024, Precision.BF16, 0)));
  private static final BenchReport REPORT = new BenchReport(Map.of("processor", "P"), PEAK, 30e9);

  private static Measurement measured(Execution execution, List<Double> peer) {
    Benchmark benchmark =
        new Benchmark("train/x", Unit.SECONDS_PER_STEP, 50e9, Precision.BF16, any -> () -> {});
    return new Measurement(
        benchmark,
        execution,
        List.of(0.5, 2.0, 0.25),
        peer,
        new PeakMemory(3L << 30, 1L << 20),
        Map.of("linear", 3.0, "attention", 1.0));
  }

  @Test
  void aComparisonHoldsExactlyNameOursPeerUnitRatio() {
    List<Map<String, Object>> rows =
        BenchReport.comparison(List.of(measured(Execution.fused(), List.of(1.0, 2.0, 4.0, 3.0))));
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0))
        .containsExactly(
            Map.entry("name", "train/x"),
            Map.entry("ours", 0.5),
            Map.entry("peer", 2.5),
            Map.entry("unit", "s/step"),
            Map.entry("ratio", 0.2));
  }

  @Test
  void theShareIsOfTheHighestRateInThePrecisionThatWasUsed() {
    // 50 G in half a second are 100 G per second.
    assertThat(REPORT.shareOfPeak(measured(Execution.fused(), List.of())))
        .isCloseTo(0.5, within(1e-9));
    assertThat(REPORT.shareOfPeak(measured(Execution.bfloat16(), List.of())))
        .isCloseTo(0.2, within(1e-9));
  }

  @Test
  void millisecondsPerTokenAreCountedInSecondsOfAStep() {
    Benchmark decoding =
        new Benchmark("x", Unit.millisecondsPerToken(250), 8e9, Precision.F32, any -> () -> {});
    Measurement measured =
        new Measurement(
            decoding, Execution.fused(), List.of(16.0), List.of(), new PeakMemory(0, 0), Map.of());
    // 16 ms for each of 250 tokens are 4 s.
    assertThat(measured.flops()).isCloseTo(2e9, within(1.0));
  }

  @Test
  void linesTellRatioShareMemoryAndWhatTookLongestFirst() {
    List<String> lines = REPORT.lines(measured(Execution.bfloat16(), List.of(1.0)));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .startsWith("train/x ")
        .contains("0.5000 s/step", "(0.2500 to 2.000, 3 steps)", "peer 1.000, ratio 0.500")
        .contains("20 % of the bf16 peak", "3072 MB resident", "1 MB heap");
    assertThat(lines.get(1)).contains("3.00 ms", "75.0 %", "linear");
    assertThat(lines.get(2)).contains("25.0 %", "attention");
  }

  @Test
  void theHeadingTellsWhatAProcessorCannotDo() {
    assertThat(REPORT.heading())
        .anyMatch(line -> line.startsWith("processor") && line.endsWith(" P"))
        .anyMatch(line -> line.contains("1152×256×1024 ") && line.endsWith("200 GFLOP/s"))
        .anyMatch(line -> line.startsWith("product bf16") && line.endsWith("not on this processor"))
        .anyMatch(line -> line.endsWith(" 30.0 GB/s"));
  }

  @Test
  void theMachineIsDescribed() {
    assertThat(Machine.facts()).containsKeys("processor", "cores", "oneDnnUses", "jvm", "oneDnn");
    assertThat(Machine.facts().values()).allMatch(fact -> !String.valueOf(fact).isBlank());
    assertThat(Machine.facts().get("oneDnnUses")).isNotEqualTo("null");
  }
}
