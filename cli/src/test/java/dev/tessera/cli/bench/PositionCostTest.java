package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
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

  @Test
  void theLineGoesThroughWhatLiesOnOne() throws IOException {
    PositionCost cost =
        new PositionCost(new int[] {16}, 10, new double[][] {{0.55, 0.65, 0.75, 0.85}});
    assertThat(cost.summary())
        .containsExactly("batch 16: 0.500 ms + 10.000 µs a position, R² 1.000");
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(cost.png()));
    assertThat(picture.getWidth()).isEqualTo(900);
  }
}
