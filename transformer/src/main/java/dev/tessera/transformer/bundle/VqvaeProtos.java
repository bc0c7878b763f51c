package dev.tessera.transformer.bundle;

import dev.tessera.proto.VqvaeConfig.Fsq;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.StoredPictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.Quantiser;

/**
 * {@link VqvaeConfig} and its stored form. What is read goes through the records' constructors, so
 * a bad value is an {@link IllegalArgumentException} that names field, value and range.
 */
final class VqvaeProtos {
  private VqvaeProtos() {}

  static dev.tessera.proto.VqvaeConfig toProto(VqvaeConfig config) {
    dev.tessera.proto.VqvaeConfig.Builder proto =
        dev.tessera.proto.VqvaeConfig.newBuilder()
            .setPicture(StoredPictureConfig.of(config.picture()))
            .setDownsampling(config.downsampling())
            .setWidth(config.width())
            .setGridWidth(config.gridWidth())
            .setResidualBlocks(config.residualBlocks());
    Quantiser quantiser = config.quantiser();
    // Java 17 has no exhaustive switch over a sealed type; a test goes through the permitted ones.
    if (quantiser instanceof FiniteScalar fsq) {
      proto.setFsq(Fsq.newBuilder().addAllLevels(fsq.levels()));
    } else if (quantiser instanceof GumbelSoftmax gumbel) {
      proto.setGumbelSoftmax(toProto(gumbel));
    } else {
      throw new AssertionError("quantiser without a stored form: " + quantiser);
    }
    return proto.build();
  }

  static VqvaeConfig fromProto(dev.tessera.proto.VqvaeConfig proto) {
    return new VqvaeConfig(
        StoredPictureConfig.read(proto.getPicture()),
        proto.getDownsampling(),
        proto.getWidth(),
        proto.getGridWidth(),
        proto.getResidualBlocks(),
        quantiser(proto));
  }

  private static Quantiser quantiser(dev.tessera.proto.VqvaeConfig proto) {
    return switch (proto.getQuantiserCase()) {
      case FSQ -> new FiniteScalar(proto.getFsq().getLevelsList());
      case GUMBEL_SOFTMAX -> fromProto(proto.getGumbelSoftmax());
      case QUANTISER_NOT_SET -> throw new IllegalArgumentException("quantiser is absent");
    };
  }

  private static dev.tessera.proto.VqvaeConfig.GumbelSoftmax toProto(GumbelSoftmax gumbel) {
    return dev.tessera.proto.VqvaeConfig.GumbelSoftmax.newBuilder()
        .setCodebookSize(gumbel.codebookSize())
        .setCodeChannels(gumbel.codeChannels())
        .setStartTemperature(gumbel.startTemperature())
        .setEndTemperature(gumbel.endTemperature())
        .setKlWeight(gumbel.klWeight())
        .build();
  }

  private static GumbelSoftmax fromProto(dev.tessera.proto.VqvaeConfig.GumbelSoftmax proto) {
    return new GumbelSoftmax(
        proto.getCodebookSize(),
        proto.getCodeChannels(),
        proto.getStartTemperature(),
        proto.getEndTemperature(),
        proto.getKlWeight());
  }
}
