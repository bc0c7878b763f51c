package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import org.junit.jupiter.api.Test;

class PositionCostTest {
  @Test
  void everyBlockOfPositionsHasALineAndEveryBatchAColumn() {
    PositionCost cost =
        PositionCost.measure(GptShape.TINY.config(), Execution.plain(), 6, new int[] {1, 3});
    // 24 positions in blocks of 6.
    assertThat(cost.lines()).hasSize(5);
    assertThat(cost.lines().get(0)).isEqualTo("position,batch 1 (ms),batch 3 (ms)");
    assertThat(cost.lines().get(4)).matches("18,\\d+\\.\\d{4},\\d+\\.\\d{4}");
    assertThat(cost.milliseconds()[1]).hasSize(4).doesNotContain(0);
  }
}
