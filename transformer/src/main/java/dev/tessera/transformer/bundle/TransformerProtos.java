package dev.tessera.transformer.bundle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.TokenGrid;
import dev.tessera.transformer.PositionEncoding;
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
            .setConvKernel(convKernel(config.masks(), config.gridHeight(), config.gridWidth()))
            .setPositions(
                switch (config.variant().positions()) {
                  case ABSOLUTE -> dev.tessera.proto.TransformerConfig.Positions.ABSOLUTE;
                  case AXIAL -> dev.tessera.proto.TransformerConfig.Positions.AXIAL;
                  case ROTARY -> dev.tessera.proto.TransformerConfig.Positions.ROTARY;
                })
            .setSandwichNorm(config.variant().sandwichNorm())
            .setQueryKeyNorm(config.variant().queryKeyNorm())
            .setInfilling(config.infilling())
            .setNeighbourhood(config.variant().neighbourhood());
    for (MaskPattern mask : config.masks()) {
      proto.addMasks(
          switch (mask) {
            case CAUSAL -> dev.tessera.proto.TransformerConfig.MaskPattern.CAUSAL;
            case LOCAL -> dev.tessera.proto.TransformerConfig.MaskPattern.LOCAL;
            case ROW -> dev.tessera.proto.TransformerConfig.MaskPattern.ROW;
            case COLUMN -> dev.tessera.proto.TransformerConfig.MaskPattern.COLUMN;
            case CONV -> dev.tessera.proto.TransformerConfig.MaskPattern.CONV;
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
            case ROW -> MaskPattern.ROW;
            case COLUMN -> MaskPattern.COLUMN;
            case CONV -> MaskPattern.CONV;
            case UNRECOGNIZED ->
                throw Newer.value("mask of layer " + layer, proto.getMasksValue(layer));
          });
    }
    PositionEncoding positions =
        switch (proto.getPositions()) {
          case ABSOLUTE -> PositionEncoding.ABSOLUTE;
          case AXIAL -> PositionEncoding.AXIAL;
          case ROTARY -> PositionEncoding.ROTARY;
          case UNRECOGNIZED -> throw Newer.value("positions", proto.getPositionsValue());
        };
    TransformerConfig.Variant variant =
        new TransformerConfig.Variant(
            positions,
            proto.getSandwichNorm(),
            proto.getQueryKeyNorm(),
            proto.getInfilling(),
            proto.getNeighbourhood());
    TransformerConfig config = config(proto, masks, variant);
    requireConstant("local window", proto.getLocalWindow(), localWindow(masks));
    requireConstant(
        "kernel of conv masks",
        proto.getConvKernel(),
        convKernel(masks, config.gridHeight(), config.gridWidth()));
    return config;
  }

  /** For each stored number of one that is another in the other, "NAME is ONE, not OTHER". */
  static List<String> differences(TransformerConfig one, TransformerConfig other) {
    dev.tessera.proto.TransformerConfig first = toProto(one);
    dev.tessera.proto.TransformerConfig second = toProto(other);
    List<String> differences = new ArrayList<>();
    for (FieldDescriptor field : first.getDescriptorForType().getFields()) {
      Object own = first.getField(field);
      if (!own.equals(second.getField(field))) {
        String name = field.getName().replace('_', ' ');
        differences.add("%s is %s, not %s".formatted(name, own, second.getField(field)));
      }
    }
    return differences;
  }

  private static TransformerConfig config(
      dev.tessera.proto.TransformerConfig proto,
      List<MaskPattern> masks,
      TransformerConfig.Variant variant) {
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
        variant);
  }

  private static void requireConstant(String name, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "%s is %d, but must be %d".formatted(name, found, expected));
    }
  }

  /** A constant of the code, and stored: weights trained with another one would be misread. */
  private static int localWindow(List<MaskPattern> masks) {
    return masks.contains(MaskPattern.LOCAL) ? MaskPattern.WINDOW : 0;
  }

  /** Follows from the grid, and is stored for the same reason. */
  private static int convKernel(List<MaskPattern> masks, int gridHeight, int gridWidth) {
    return masks.contains(MaskPattern.CONV) ? new TokenGrid(0, gridHeight, gridWidth).kernel() : 0;
  }
}
