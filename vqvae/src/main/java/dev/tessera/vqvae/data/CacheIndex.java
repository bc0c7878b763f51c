package dev.tessera.vqvae.data;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.Sha256;
import dev.tessera.proto.PictureIndex;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.StoredPictureConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What index.pb says: everything of a cache but pixels and records.
 *
 * @param config the shape of all pictures
 * @param key what the cache was made from and how
 * @param parts how many pictures each part of the source has
 * @param recordsDigest SHA-256 of records.bin
 * @param rejectedCount files that could not be used
 * @param rejected the first of them
 * @param notice of the source
 * @param dataDigest over pixels and captions
 * @param duplicates pictures left out for having another's pixels
 * @param blank pictures left out for having nothing on them
 */
record CacheIndex(
    PictureConfig config,
    ByteString key,
    int[] parts,
    ByteString recordsDigest,
    int rejectedCount,
    List<Rejected> rejected,
    String notice,
    ByteString dataDigest,
    int duplicates,
    int blank) {
  static final int FORMAT_VERSION = 2;

  /** No index is nearly that long. */
  private static final long MAXIMUM_BYTES = 1L << 24;

  /** Pictures of all parts. */
  int pictures() {
    return Arrays.stream(parts).sum();
  }

  byte[] toBytes() {
    PictureIndex.Builder index =
        PictureIndex.newBuilder()
            .setFormatVersion(FORMAT_VERSION)
            .setPicture(StoredPictureConfig.of(config))
            .setSourceSha256(key)
            .setRecordsSha256(recordsDigest)
            .setUnusable(rejectedCount)
            .setNotice(notice)
            .setDataSha256(dataDigest)
            .setDuplicates(duplicates)
            .setBlank(blank);
    Arrays.stream(parts).forEach(index::addPartPictures);
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
        index.getPartPicturesList().stream().mapToInt(Integer::intValue).toArray(),
        index.getRecordsSha256(),
        index.getUnusable(),
        index.getRejectedList().stream().map(r -> new Rejected(r.getId(), r.getReason())).toList(),
        index.getNotice(),
        index.getDataSha256(),
        index.getDuplicates(),
        index.getBlank());
  }

  private static PictureConfig config(dev.tessera.proto.PictureConfig stored, Path file)
      throws IOException {
    try {
      return StoredPictureConfig.read(stored);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static ByteString digest(PictureIndex index) {
    return ByteString.copyFrom(Sha256.of(index.toByteArray()));
  }
}
