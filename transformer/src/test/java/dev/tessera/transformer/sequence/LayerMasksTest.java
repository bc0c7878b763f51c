package dev.tessera.transformer.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.TransformerConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerMasksTest {
  private static TransformerConfig config(MaskPattern pattern) {
    return new TransformerConfig(257, 5, 7, 3, 4, 8, 1, 2, List.of(pattern));
  }

  @ParameterizedTest
  @EnumSource(names = {"ROW", "COLUMN", "CONV"})
  void imageTokensSeeTheSameImageTokensInBothDirections(MaskPattern pattern) {
    TransformerConfig config = config(pattern);
    LayerMasks masks = new LayerMasks(config);
    AttentionMask forward = masks.of(0, Vocabulary.FORWARD);
    AttentionMask reverse = masks.of(0, Vocabulary.REVERSE);
    int excluded = 0;
    for (int query = 0; query < config.imageLength(); query++) {
      for (int key = 0; key < config.imageLength(); key++) {
        boolean seen = forward.attends(6 + query, 6 + key);
        assertThat(reverse.attends(1 + query, 1 + key)).isEqualTo(seen);
        excluded += key < query && !seen ? 1 : 0;
      }
    }
    assertThat(excluded).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void everyTokenOfThePictureSeesTheWholeTextBeforeIt(MaskPattern pattern) {
    AttentionMask mask = new LayerMasks(config(pattern)).of(0, Vocabulary.FORWARD);
    for (int query = 6; query < 17; query++) {
      for (int key = 0; key < 6; key++) {
        assertThat(mask.attends(query, key)).as("%d sees %d", query, key).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTextAfterThePictureSeesAllOfIt(MaskPattern pattern) {
    AttentionMask mask = new LayerMasks(config(pattern)).of(0, Vocabulary.REVERSE);
    for (int query = 13; query < 17; query++) {
      for (int key = 0; key <= query; key++) {
        assertThat(mask.attends(query, key)).as("%d sees %d", query, key).isTrue();
      }
    }
  }

  @Test
  void onlyGeometricPatternsHaveAMaskForEachOrder() {
    assertThat(new LayerMasks(config(MaskPattern.LOCAL)).of(0)).hasSize(1);
    assertThat(new LayerMasks(config(MaskPattern.ROW)).of(0)).hasSize(2);
  }
}
