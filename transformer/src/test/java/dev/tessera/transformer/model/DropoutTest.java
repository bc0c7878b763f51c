package dev.tessera.transformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class DropoutTest {
  private static float[] factors(double rate, long step) {
    float[] factors = new float[40_003];
    new Dropout(rate).fill(factors, new CounterRandom(3, "dropout", step));
    return factors;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.1, 0.5, 0.9})
  void leavesOutItsShareAndKeepsTheMean(double rate) {
    float[] factors = factors(rate, 0);
    int left = 0;
    double sum = 0;
    float kept = 0;
    for (float factor : factors) {
      left += factor == 0 ? 1 : 0;
      sum += factor;
      kept = Math.max(kept, factor);
    }
    for (float factor : factors) {
      assertThat(factor).isIn(0f, kept);
    }
    double deviation = Math.sqrt(rate * (1 - rate) / factors.length);
    assertThat(left / (double) factors.length).isCloseTo(rate, within(1 / 512.0 + 4 * deviation));
    assertThat(sum / factors.length).isCloseTo(1, within(4 * deviation / (1 - rate)));
  }

  @Test
  void drawsDependOnTheStepAlone() {
    assertThat(factors(0.3, 5)).isEqualTo(factors(0.3, 5)).isNotEqualTo(factors(0.3, 6));
  }

  @Test
  void noneLeavesTheGraphAsItIs() {
    TransformerConfig config = TransformerConfig.causal(257, 5, 7, 2, 2, 8, 1, 2);
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    Gpt.build(config, graph, 1, Dropout.NONE);
    assertThat(graph.placeholders().keySet()).noneMatch(name -> name.startsWith("dropout"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 0.91, Double.NaN})
  void ratesOutsideTheirRangeAreNamed(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Dropout(rate))
        .withMessageContainingAll("dropout is " + rate, "0 to 0.9");
  }
}
