package dev.tessera.transformer.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.vqvae.model.ReconstructionLoss;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigProtosTest {
  private static final List<Quantiser> QUANTISERS =
      List.of(
          new FiniteScalar(List.of(8, 5, 5, 5)),
          new VectorQuantiser(
              512, 7, 0.9, 0.2, 3, 0.01, true, VectorQuantiser.Gradient.STRAIGHT_THROUGH),
          new VectorQuantiser(2, 4096, 0, 0, 1 << 20, 0, false, VectorQuantiser.Gradient.ROTATION),
          new LookupFree(9, 0.25, 0.1, true),
          new LookupFree(2, 0, 0, false),
          new GumbelSoftmax(
              1 << 16, 4096, 1, 1.0 / 16, 0.1, 0.2, 0.3, GumbelSoftmax.Logits.DISTANCES),
          new GumbelSoftmax(2, 1, 1e-9, 99.999999999, 0, 0, 0, GumbelSoftmax.Logits.FREE));

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

  @Test
  void relaxedCodesFromBeforeTheirUseWasPenalisedHaveFreeLogits() {
    VqvaeConfig old = relaxed(0, GumbelSoftmax.Logits.FREE);
    dev.tessera.proto.VqvaeConfig.Builder stored =
        VqvaeProtos.toProto(relaxed(0.3, GumbelSoftmax.Logits.DISTANCES)).toBuilder();
    stored.getGumbelSoftmaxBuilder().clearUsageWeight().clearLogits();
    assertThat(VqvaeProtos.fromProto(stored.build())).isEqualTo(old);
    assertThat(VqvaeProtos.toProto(old).toByteArray())
        .as("stored as before")
        .isEqualTo(stored.build().toByteArray());
  }

  private static VqvaeConfig relaxed(double usageWeight, GumbelSoftmax.Logits logits) {
    Quantiser gumbel = new GumbelSoftmax(512, 8, 1, 0.0625, 0.1, 0.2, usageWeight, logits);
    return new VqvaeConfig(PictureConfig.square(64), 8, 128, 96, 2, gumbel);
  }

  @ParameterizedTest
  @EnumSource
  void everyLossHasAStoredForm(ReconstructionLoss loss) {
    VqvaeConfig config =
        new VqvaeConfig(PictureConfig.square(64), 8, 128, 96, 2, QUANTISERS.get(0), loss);
    assertThat(VqvaeProtos.fromProto(VqvaeProtos.toProto(config))).isEqualTo(config);
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
        new TransformerConfig(1 << 17, 1024, 1 << 17, 128, 127, 96, masks.size(), 12, masks);
    assertThat(TransformerProtos.fromProto(TransformerProtos.toProto(config))).isEqualTo(config);
  }

  @ParameterizedTest
  @EnumSource
  void everyVariantHasAStoredForm(PositionEncoding positions) {
    TransformerConfig causal = TransformerConfig.causal(300, 8, 512, 8, 8, 64, 3, 4);
    for (boolean norm : new boolean[] {true, false}) {
      TransformerConfig config =
          causal.with(new Variant(positions, norm, !norm, norm, norm ? 3 : 0));
      assertThat(TransformerProtos.fromProto(TransformerProtos.toProto(config))).isEqualTo(config);
    }
  }

  @Test
  void aConfigurationFromBeforeThereWereVariantsIsTheDefaultOne() throws Exception {
    // Text 300, 8; 512 codes; grid 8 x 8; width 64, 1 layer, 4 heads; mask CAUSAL; nothing more.
    String bytes = "08ac021008188004200828083040380140044a0100";
    TransformerConfig config =
        TransformerProtos.fromProto(
            dev.tessera.proto.TransformerConfig.parseFrom(HexFormat.of().parseHex(bytes)));
    assertThat(config).isEqualTo(TransformerConfig.causal(300, 8, 512, 8, 8, 64, 1, 4));
    assertThat(config.variant()).isEqualTo(Variant.DEFAULT);
  }

  @Test
  void theSquareOfConvMasksIsStoredAndChecked() {
    TransformerConfig config =
        new TransformerConfig(300, 8, 512, 8, 12, 64, 1, 4, List.of(MaskPattern.CONV));
    dev.tessera.proto.TransformerConfig stored = TransformerProtos.toProto(config);
    assertThat(stored.getConvKernel()).isEqualTo(5);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransformerProtos.fromProto(stored.toBuilder().setConvKernel(3).build()))
        .withMessage("kernel of conv masks is 3, but must be 5");
  }

  @Test
  void positionsOfALaterVersionAreRefused() {
    TransformerConfig causal = TransformerConfig.causal(300, 8, 512, 8, 8, 64, 3, 4);
    dev.tessera.proto.TransformerConfig stored =
        TransformerProtos.toProto(causal).toBuilder().setPositionsValue(77).build();
    assertThatThrownBy(() -> TransformerProtos.fromProto(stored)).hasMessageContaining("positions");
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
