package dev.tessera.transformer.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigProtosTest {
  private static final List<Quantiser> QUANTISERS =
      List.of(
          new FiniteScalar(List.of(8, 5, 5, 5)),
          new GumbelSoftmax(1 << 16, 4096, 1, 1.0 / 16, 0.1),
          new GumbelSoftmax(2, 1, 1e-9, 99.999999999, 0));

  @Test
  void everyKindOfQuantiserHasAStoredForm() {
    assertThat(QUANTISERS.stream().<Class<?>>map(Object::getClass).distinct())
        .as("a new kind of quantiser needs an example here, and a stored form")
        .containsExactlyInAnyOrder(Quantiser.class.getPermittedSubclasses());
    for (Quantiser quantiser : QUANTISERS) {
      VqvaeConfig config = new VqvaeConfig(PictureConfig.square(64), 8, 128, 96, 2, quantiser);
      assertThat(VqvaeProtos.fromProto(VqvaeProtos.toProto(config))).isEqualTo(config);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFitHasAStoredForm(PictureConfig.Fit fit) {
    PictureConfig picture = new PictureConfig(1024, 16, 0xFEDCBA, fit);
    VqvaeConfig config = new VqvaeConfig(picture, 16, 1024, 4, 0, QUANTISERS.get(0));
    assertThat(VqvaeProtos.fromProto(VqvaeProtos.toProto(config))).isEqualTo(config);
  }

  @Test
  void everyMaskPatternHasAStoredForm() {
    List<MaskPattern> masks = Arrays.asList(MaskPattern.values());
    TransformerConfig config =
        new TransformerConfig(1 << 17, 1024, 1 << 17, 128, 127, 96, masks.size(), 12, masks, false);
    assertThat(TransformerProtos.fromProto(TransformerProtos.toProto(config))).isEqualTo(config);
  }

  @Test
  void infillingHasAStoredFormAndIsAbsentFromOlderBundles() {
    TransformerConfig without = TransformerConfig.causal(300, 8, 512, 8, 8, 64, 3, 4);
    TransformerConfig with = without.withInfilling(true);
    assertThat(TransformerProtos.fromProto(TransformerProtos.toProto(with))).isEqualTo(with);
    assertThat(TransformerProtos.toProto(without).toByteArray())
        .as("stored as before there was infilling")
        .isEqualTo(
            TransformerProtos.toProto(with).toBuilder().clearInfilling().build().toByteArray());
  }

  @Test
  void windowIsStoredOnlyWhereALayerUsesIt() {
    TransformerConfig causal = TransformerConfig.causal(300, 8, 512, 8, 8, 64, 3, 4);
    assertThat(TransformerProtos.toProto(causal).getLocalWindow()).isZero();
    assertThat(TransformerProtos.fromProto(TransformerProtos.toProto(causal))).isEqualTo(causal);
  }
}
