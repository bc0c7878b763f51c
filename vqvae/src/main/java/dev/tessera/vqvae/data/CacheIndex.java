package dev.tessera.vqvae.data;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.Sha256;
import dev.tessera.proto.PictureConfig.Fit;
import dev.tessera.proto.PictureIndex;
import dev.tessera.proto.PictureRecord;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What index.pb says: everything of a cache but the pixels.
 *
 * @param config the shape of all pictures
 * @param key what the cache was made from and how
 * @param entries one for each picture
 * @param rejected files that could not be used
 * @param notice of the source
 * @param dataDigest over pixels and captions
 * @param duplicates pictures left out for having another's pixels
 * @param blank pictures left out for having nothing on them
 */
record CacheIndex(
    PictureConfig config,
    ByteString key,
    List<PictureEntry> entries,
    List<Rejected> rejected,
    String notice,
    ByteString dataDigest,
    int duplicates,
    int blank) {
  static final int FORMAT_VERSION = 1;

  /** No index of as many pictures as fit into memory is nearly that long. */
  private static final long MAXIMUM_BYTES = 1L << 30;

  byte[] toBytes() {
    PictureIndex.Builder index =
        PictureIndex.newBuilder()
            .setFormatVersion(FORMAT_VERSION)
            .setPicture(stored(config))
            .setSourceSha256(key)
            .setNotice(notice)
            .setDataSha256(dataDigest)
            .setDuplicates(duplicates)
            .setBlank(blank);
    for (PictureEntry entry : entries) {
      index.addRecords(
          PictureRecord.newBuilder()
              .setId(entry.id())
              .addAllCaptions(entry.captions())
              .setConcept(entry.concept())
              .setStyle(entry.style())
              .setHeldOut(entry.heldOut())
              .setSourceHeight(entry.sourceHeight())
              .setSourceWidth(entry.sourceWidth()));
    }
    for (Rejected file : rejected) {
      index.addRejected(
          dev.tessera.proto.Rejected.newBuilder().setId(file.id()).setReason(file.reason()));
    }
    return index.setIndexSha256(digest(index.build())).build().toByteArray();
  }

  /**
   * Reads an index.
   *
   * @throws IOException if it is damaged or of another format version
   */
  static CacheIndex read(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > MAXIMUM_BYTES) {
      throw new IOException(file + " has " + bytes + " bytes, which no index has");
    }
    PictureIndex index;
    try {
      index = PictureIndex.parseFrom(Files.readAllBytes(file));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + " is no picture index (" + e.getMessage() + ")", e);
    }
    if (index.getFormatVersion() != FORMAT_VERSION) {
      throw new IOException(
          String.format(
              "%s has format version %d, but this program reads %d",
              file, index.getFormatVersion(), FORMAT_VERSION));
    }
    PictureIndex undigested = index.toBuilder().clearIndexSha256().build();
    if (!digest(undigested).equals(index.getIndexSha256())) {
      throw new IOException(file + " does not have the SHA-256 that it states");
    }
    return of(index, file);
  }

  private static CacheIndex of(PictureIndex index, Path file) throws IOException {
    return new CacheIndex(
        config(index.getPicture(), file),
        index.getSourceSha256(),
        index.getRecordsList().stream().map(CacheIndex::entry).toList(),
        index.getRejectedList().stream().map(r -> new Rejected(r.getId(), r.getReason())).toList(),
        index.getNotice(),
        index.getDataSha256(),
        index.getDuplicates(),
        index.getBlank());
  }

  private static dev.tessera.proto.PictureConfig stored(PictureConfig config) {
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

  private static PictureConfig config(dev.tessera.proto.PictureConfig stored, Path file)
      throws IOException {
    PictureConfig.Fit fit =
        switch (stored.getFit()) {
          case CENTER_CROP -> PictureConfig.Fit.CENTER_CROP;
          case PAD -> PictureConfig.Fit.PAD;
          case UNRECOGNIZED ->
              throw new IOException(file + " has an unknown fit, number " + stored.getFitValue());
        };
    return new PictureConfig(stored.getHeight(), stored.getWidth(), stored.getBackground(), fit);
  }

  private static PictureEntry entry(PictureRecord record) {
    return new PictureEntry(
        record.getId(),
        record.getCaptionsList(),
        record.getConcept(),
        record.getStyle(),
        record.getHeldOut(),
        record.getSourceHeight(),
        record.getSourceWidth());
  }

  private static ByteString digest(PictureIndex index) {
    return ByteString.copyFrom(Sha256.of(index.toByteArray()));
  }
}
