package dev.tessera.transformer.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.transformer.ranker.KnownCaptions;

/**
 * {@link KnownCaptions} and their stored form. What is read goes through the record's constructor,
 * so bad captions are an {@link IllegalArgumentException}.
 */
final class CaptionProtos {
  /**
   * More than captions of the longest length would take: three bytes for each UTF-16 code unit, and
   * some for each caption.
   */
  static final int MAXIMUM_BYTES = 16 << 20;

  private static final int FORMAT_VERSION = 1;

  private CaptionProtos() {}

  static byte[] toByteArray(KnownCaptions captions) {
    return dev.tessera.proto.KnownCaptions.newBuilder()
        .setFormatVersion(FORMAT_VERSION)
        .addAllCaptions(captions.texts())
        .build()
        .toByteArray();
  }

  static KnownCaptions parse(byte[] bytes) {
    dev.tessera.proto.KnownCaptions proto;
    try {
      proto = dev.tessera.proto.KnownCaptions.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
    }
    if (proto.getFormatVersion() != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "format version is %s, but this version of Tessera reads only %d"
              .formatted(Integer.toUnsignedString(proto.getFormatVersion()), FORMAT_VERSION));
    }
    Newer.requireKnown(proto);
    return new KnownCaptions(proto.getCaptionsList());
  }
}
