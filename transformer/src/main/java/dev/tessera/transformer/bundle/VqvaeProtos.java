package dev.tessera.transformer.bundle;

import dev.tessera.proto.PictureConfig.Fit;
import dev.tessera.proto.VqvaeConfig.Fsq;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
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
            .setPicture(toProto(config.picture()))
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
        fromProto(proto.getPicture()),
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

  private static dev.tessera.proto.PictureConfig toProto(PictureConfig config) {
    return dev.tessera.proto.PictureConfig.newBuilder()
        .setHeight(config.height())
        .setWidth(config.width())
        .setBackground(config.background())
        .setFit(
            switch (config.fit()) {
              case CENTER_CROP -> Fit.CENTER_CROP;
              case PAD -> Fit.PAD;
            })
        .build();
  }

  private static PictureConfig fromProto(dev.tessera.proto.PictureConfig proto) {
    PictureConfig.Fit fit =
        switch (proto.getFit()) {
          case CENTER_CROP -> PictureConfig.Fit.CENTER_CROP;
          case PAD -> PictureConfig.Fit.PAD;
          case UNRECOGNIZED -> throw Newer.value("fit", proto.getFitValue());
        };
    return new PictureConfig(proto.getHeight(), proto.getWidth(), proto.getBackground(), fit);
  }
}
