package dev.tessera.transformer.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.transformer.naming.CaptionForm;

/**
 * {@link CaptionForm} and its stored form. What is read goes through the record's constructor, so
 * bad parts are an {@link IllegalArgumentException}.
 */
final class NamingProtos {
  static final int MAXIMUM_BYTES = 8 << 20;

  private static final int FORMAT_VERSION = 1;

  private NamingProtos() {}

  static byte[] toByteArray(CaptionForm form) {
    dev.tessera.proto.CaptionForm.Builder proto =
        dev.tessera.proto.CaptionForm.newBuilder().setFormatVersion(FORMAT_VERSION);
    form.places().forEach(parts -> proto.addPlacesBuilder().addAllParts(parts));
    byte[] bytes = proto.build().toByteArray();
    if (bytes.length > MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          "%s would have %d bytes, but may have %d"
              .formatted(EntryName.NAMING, bytes.length, MAXIMUM_BYTES));
    }
    return bytes;
  }

  static CaptionForm parse(byte[] bytes) {
    dev.tessera.proto.CaptionForm proto;
    try {
      proto = dev.tessera.proto.CaptionForm.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
    }
    if (proto.getFormatVersion() != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "format version is %s, but this version of Tessera reads only %d"
              .formatted(Integer.toUnsignedString(proto.getFormatVersion()), FORMAT_VERSION));
    }
    if (proto.getPlacesCount() > CaptionForm.MAXIMUM_PLACES) {
      throw new IllegalArgumentException(
          "there are %d places of parts, but may be %d"
              .formatted(proto.getPlacesCount(), CaptionForm.MAXIMUM_PLACES));
    }
    Newer.requireKnown(proto);
    return new CaptionForm(
        proto.getPlacesList().stream()
            .map(place -> place.getPartsList().stream().toList())
            .toList());
  }
}
