package dev.tessera.transformer.bundle;

import dev.tessera.proto.PictureConfig.Fit;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.Quantiser;

/** The configuration of stage 1 as it is stored. */
final class VqvaeProtos {
  private VqvaeProtos() {}

  static dev.tessera.proto.VqvaeConfig toProto(VqvaeConfig config) {
    PictureConfig picture = config.picture();
    var builder =
        dev.tessera.proto.VqvaeConfig.newBuilder()
            .setDownsampling(config.downsampling())
            .setWidth(config.width())
            .setGridWidth(config.gridWidth())
            .setResidualBlocks(config.residualBlocks())
            .setPicture(
                dev.tessera.proto.PictureConfig.newBuilder()
                    .setHeight(picture.height())
                    .setWidth(picture.width())
                    .setBackground(picture.background())
                    .setFit(
                        switch (picture.fit()) {
                          case CENTER_CROP -> Fit.CENTER_CROP;
                          case PAD -> Fit.PAD;
                        }));
    Quantiser quantiser = config.quantiser();
    if (quantiser instanceof FiniteScalar fsq) {
      builder.getFsqBuilder().addAllLevels(fsq.levels());
    } else if (quantiser instanceof GumbelSoftmax gumbel) {
      builder
          .getGumbelSoftmaxBuilder()
          .setCodebookSize(gumbel.codebookSize())
          .setCodeChannels(gumbel.codeChannels())
          .setStartTemperature(gumbel.startTemperature())
          .setEndTemperature(gumbel.endTemperature())
          .setKlWeight(gumbel.klWeight());
    }
    return builder.build();
  }

  /**
   * The record of a stored configuration.
   *
   * @throws IllegalArgumentException if a field is out of range or was written by a newer program
   */
  static VqvaeConfig fromProto(dev.tessera.proto.VqvaeConfig proto) {
    var picture = proto.getPicture();
    PictureConfig.Fit fit =
        switch (picture.getFit()) {
          case CENTER_CROP -> PictureConfig.Fit.CENTER_CROP;
          case PAD -> PictureConfig.Fit.PAD;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "picture fit is number " + picture.getFitValue() + ", which is unknown here");
        };
    return new VqvaeConfig(
        new PictureConfig(picture.getHeight(), picture.getWidth(), picture.getBackground(), fit),
        proto.getDownsampling(),
        proto.getWidth(),
        proto.getGridWidth(),
        proto.getResidualBlocks(),
        quantiser(proto));
  }

  private static Quantiser quantiser(dev.tessera.proto.VqvaeConfig proto) {
    return switch (proto.getQuantiserCase()) {
      case FSQ -> new FiniteScalar(proto.getFsq().getLevelsList());
      case GUMBEL_SOFTMAX -> {
        var gumbel = proto.getGumbelSoftmax();
        yield new GumbelSoftmax(
            gumbel.getCodebookSize(),
            gumbel.getCodeChannels(),
            gumbel.getStartTemperature(),
            gumbel.getEndTemperature(),
            gumbel.getKlWeight());
      }
      case QUANTISER_NOT_SET ->
          throw new IllegalArgumentException("the quantiser is missing or unknown here");
    };
  }
}
