package dev.tessera.transformer.bundle;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/** The configuration of stage 2 as it is stored. */
final class TransformerProtos {
  private TransformerProtos() {}

  static dev.tessera.proto.TransformerConfig toProto(TransformerConfig config) {
    var builder =
        dev.tessera.proto.TransformerConfig.newBuilder()
            .setTextVocabulary(config.textVocabulary())
            .setTextLength(config.textLength())
            .setImageVocabulary(config.imageVocabulary())
            .setGridHeight(config.gridHeight())
            .setGridWidth(config.gridWidth())
            .setWidth(config.width())
            .setLayers(config.layers())
            .setHeads(config.heads());
    for (MaskPattern mask : config.masks()) {
      builder.addMasks(
          switch (mask) {
            case CAUSAL -> dev.tessera.proto.TransformerConfig.MaskPattern.CAUSAL;
            case LOCAL -> dev.tessera.proto.TransformerConfig.MaskPattern.LOCAL;
          });
    }
    return builder.build();
  }

  /**
   * The record of a stored configuration.
   *
   * @throws IllegalArgumentException if a field is out of range or was written by a newer program
   */
  static TransformerConfig fromProto(dev.tessera.proto.TransformerConfig proto) {
    List<MaskPattern> masks = new ArrayList<>();
    for (int i = 0; i < proto.getMasksCount(); i++) {
      masks.add(
          switch (proto.getMasks(i)) {
            case CAUSAL -> MaskPattern.CAUSAL;
            case LOCAL -> MaskPattern.LOCAL;
            case UNRECOGNIZED ->
                throw new IllegalArgumentException(
                    "mask pattern is number " + proto.getMasksValue(i) + ", which is unknown here");
          });
    }
    return new TransformerConfig(
        proto.getTextVocabulary(),
        proto.getTextLength(),
        proto.getImageVocabulary(),
        proto.getGridHeight(),
        proto.getGridWidth(),
        proto.getWidth(),
        proto.getLayers(),
        proto.getHeads(),
        masks);
  }
}
