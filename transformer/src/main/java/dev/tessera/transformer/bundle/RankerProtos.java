package dev.tessera.transformer.bundle;

import dev.tessera.transformer.ranker.RankerConfig;

/**
 * {@link RankerConfig} and its stored form. What is read goes through the record's constructor, so
 * a bad value is an {@link IllegalArgumentException} that names field, value and range.
 */
final class RankerProtos {
  private RankerProtos() {}

  static dev.tessera.proto.RankerConfig toProto(RankerConfig config) {
    return dev.tessera.proto.RankerConfig.newBuilder()
        .setPictureHeight(config.pictureHeight())
        .setPictureWidth(config.pictureWidth())
        .setTextVocabulary(config.textVocabulary())
        .setTextLength(config.textLength())
        .setChannels(config.channels())
        .setTextWidth(config.textWidth())
        .setTextLayers(config.textLayers())
        .setHeads(config.heads())
        .setEmbedding(config.embedding())
        .build();
  }

  static RankerConfig fromProto(dev.tessera.proto.RankerConfig proto) {
    return new RankerConfig(
        proto.getPictureHeight(),
        proto.getPictureWidth(),
        proto.getTextVocabulary(),
        proto.getTextLength(),
        proto.getChannels(),
        proto.getTextWidth(),
        proto.getTextLayers(),
        proto.getHeads(),
        proto.getEmbedding());
  }
}
