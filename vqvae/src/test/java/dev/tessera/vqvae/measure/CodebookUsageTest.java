package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodebookUsageTest {
  @Test
  void allCodesEquallyOftenHaveTheCodebooksSizeAsPerplexity() {
    CodebookUsage usage = new CodebookUsage(20);
    usage.add(IntStream.range(0, 40).map(i -> i % 20).toArray());
    assertThat(usage.used()).isEqualTo(1);
    assertThat(usage.perplexity()).isCloseTo(20, within(1e-9));
  }

  @Test
  void aSingleCodeHasPerplexityOne() {
    CodebookUsage usage = new CodebookUsage(20);
    usage.add(new int[] {3, 3, 3});
    assertThat(usage.used()).isEqualTo(0.05);
    assertThat(usage.perplexity()).isCloseTo(1, within(1e-12));
  }

  @Test
  void perplexityIsTheExponentialOfTheEntropy() {
    CodebookUsage usage = new CodebookUsage(4);
    usage.add(new int[] {0, 0, 1});
    usage.add(new int[] {2});
    assertThat(usage.used()).isEqualTo(0.75);
    assertThat(usage.perplexity()).isCloseTo(Math.exp(1.5 * Math.log(2)), within(1e-12));
  }

  @Test
  void fadingForgetsWhatIsNotSeenAgain() {
    CodebookUsage usage = new CodebookUsage(2);
    usage.add(new int[] {0, 1, 1, 1, 1});
    usage.fade();
    assertThat(usage.used()).isEqualTo(0.5);
  }
}
