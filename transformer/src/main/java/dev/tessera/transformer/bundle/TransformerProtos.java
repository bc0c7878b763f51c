package dev.tessera.transformer.bundle;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link TransformerConfig} and its stored form. What is read goes through the record's
 * constructor, so a bad value is an {@link IllegalArgumentException} that names field, value and
 * range.
 */
final class TransformerProtos {
  private TransformerProtos() {}

  static dev.tessera.proto.TransformerConfig toProto(TransformerConfig config) {
    dev.tessera.proto.TransformerConfig.Builder proto =
        dev.tessera.proto.TransformerConfig.newBuilder()
            .setTextVocabulary(config.textVocabulary())
            .setTextLength(config.textLength())
            .setImageVocabulary(config.imageVocabulary())
            .setGridHeight(config.gridHeight())
            .setGridWidth(config.gridWidth())
            .setWidth(config.width())
            .setLayers(config.layers())
            .setHeads(config.heads())
            .setLocalWindow(localWindow(config.masks()))
            .setInfilling(config.infilling());
    for (MaskPattern mask : config.masks()) {
      proto.addMasks(
          switch (mask) {
            case CAUSAL -> dev.tessera.proto.TransformerConfig.MaskPattern.CAUSAL;
            case LOCAL -> dev.tessera.proto.TransformerConfig.MaskPattern.LOCAL;
          });
    }
    return proto.build();
  }

  static TransformerConfig fromProto(dev.tessera.proto.TransformerConfig proto) {
    List<MaskPattern> masks = new ArrayList<>();
    for (int layer = 0; layer < proto.getMasksCount(); layer++) {
      masks.add(
          switch (proto.getMasks(layer)) {
            case CAUSAL -> MaskPattern.CAUSAL;
            case LOCAL -> MaskPattern.LOCAL;
            case UNRECOGNIZED ->
                throw Newer.value("mask of layer " + layer, proto.getMasksValue(layer));
          });
    }
    int window = localWindow(masks);
    if (proto.getLocalWindow() != window) {
      throw new IllegalArgumentException(
          "local window is %d, but must be %d".formatted(proto.getLocalWindow(), window));
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
        masks,
        proto.getInfilling());
  }

  /** A constant of the code, and stored: weights trained with another one would be misread. */
  private static int localWindow(List<MaskPattern> masks) {
    return masks.contains(MaskPattern.LOCAL) ? MaskPattern.WINDOW : 0;
  }
}
