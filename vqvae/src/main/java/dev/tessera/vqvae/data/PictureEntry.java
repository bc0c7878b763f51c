package dev.tessera.vqvae.data;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.proto.PictureRecord;
import dev.tessera.vqvae.caption.DirectionWords;
import dev.tessera.vqvae.picture.Augmentation;
import java.util.List;

/**
 * A prepared picture without its pixels.
 *
 * @param id name of the picture in its source, unique there
 * @param captions alternatives; empty for a picture without text
 * @param concept what it shows; empty if unknown
 * @param style how it is drawn; empty if unknown
 * @param heldOut whether training must not see it
 * @param sourceHeight rows of the original
 * @param sourceWidth columns of the original
 */
public record PictureEntry(
    String id,
    List<String> captions,
    String concept,
    String style,
    boolean heldOut,
    int sourceHeight,
    int sourceWidth) {
  public PictureEntry {
    captions = List.copyOf(captions);
  }

  /** Reads what {@link #toBytes} wrote. */
  static PictureEntry of(byte[] record) {
    PictureRecord read;
    try {
      read = PictureRecord.parseFrom(record);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a picture's record is damaged", e);
    }
    return new PictureEntry(
        read.getId(),
        read.getCaptionsList(),
        read.getConcept(),
        read.getStyle(),
        read.getHeldOut(),
        read.getSourceHeight(),
        read.getSourceWidth());
  }

  byte[] toBytes() {
    return PictureRecord.newBuilder()
        .setId(id)
        .addAllCaptions(captions)
        .setConcept(concept)
        .setStyle(style)
        .setHeldOut(heldOut)
        .setSourceHeight(sourceHeight)
        .setSourceWidth(sourceWidth)
        .build()
        .toByteArray();
  }

  /**
   * How the picture may be changed where its captions are learned: it must not be mirrored if one
   * of them says that left is not right.
   */
  public Augmentation allowed(Augmentation augmentation) {
    return DirectionWords.in(captions) ? augmentation.withoutFlip() : augmentation;
  }

  /** The same picture with other captions. */
  PictureEntry withCaptions(List<String> value) {
    return new PictureEntry(id, value, concept, style, heldOut, sourceHeight, sourceWidth);
  }

  /** The same picture under another name. */
  PictureEntry withId(String value) {
    return new PictureEntry(value, captions, concept, style, heldOut, sourceHeight, sourceWidth);
  }

  /** The same picture in another part of the split. */
  PictureEntry withHeldOut(boolean value) {
    return new PictureEntry(id, captions, concept, style, value, sourceHeight, sourceWidth);
  }
}
