package dev.tessera.transformer.bundle;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a model comes from.
 *
 * @param dataSource as it was named on the command line
 * @param dataSha256 over the prepared pictures and their captions, 32 bytes; empty where it is not
 *     known
 * @param pictures in both parts of the split, 0 or more
 * @param captioned how many of them have a caption; 0 means that the model cannot caption
 * @param seed of the run
 * @param vqvaeSteps of stage 1, 0 or more
 * @param transformerSteps of stage 2, 0 without it
 * @param rankerSteps of the ranker, 0 without it
 * @param codeVersion of the program that trained it
 * @param libraryVersions by name; cannot be changed
 * @param dataNotice licence and attribution of the training data
 */
public record Provenance(
    String dataSource,
    byte[] dataSha256,
    long pictures,
    long captioned,
    long seed,
    long vqvaeSteps,
    long transformerSteps,
    long rankerSteps,
    String codeVersion,
    Map<String, String> libraryVersions,
    String dataNotice) {
  private static final int SHA256_BYTES = 32;

  public Provenance {
    if (dataSha256.length != 0 && dataSha256.length != SHA256_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "data SHA-256 has %d bytes, but must have %d or none",
              dataSha256.length, SHA256_BYTES));
    }
    dataSha256 = dataSha256.clone();
    requireCount("pictures", pictures);
    requireCount("captioned", captioned);
    if (captioned > pictures) {
      throw new IllegalArgumentException(
          String.format("captioned is %d, but there are only %d pictures", captioned, pictures));
    }
    requireCount("vqvae steps", vqvaeSteps);
    requireCount("transformer steps", transformerSteps);
    requireCount("ranker steps", rankerSteps);
    libraryVersions = Collections.unmodifiableMap(new TreeMap<>(libraryVersions));
  }

  private static void requireCount(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be 0 or more");
    }
  }

  /** The same with a ranker that was trained for so many steps. */
  public Provenance withRankerSteps(long steps) {
    return new Provenance(
        dataSource,
        dataSha256,
        pictures,
        captioned,
        seed,
        vqvaeSteps,
        transformerSteps,
        steps,
        codeVersion,
        libraryVersions,
        dataNotice);
  }

  /** A copy of the digest. */
  @Override
  public byte[] dataSha256() {
    return dataSha256.clone();
  }

  /** The same in every field. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Provenance that && toProto().equals(that.toProto());
  }

  @Override
  public int hashCode() {
    return toProto().hashCode();
  }

  dev.tessera.proto.Provenance toProto() {
    return dev.tessera.proto.Provenance.newBuilder()
        .setDataSource(dataSource)
        .setDataSha256(ByteString.copyFrom(dataSha256))
        .setPictures(pictures)
        .setCaptioned(captioned)
        .setSeed(seed)
        .setVqvaeSteps(vqvaeSteps)
        .setTransformerSteps(transformerSteps)
        .setRankerSteps(rankerSteps)
        .setCodeVersion(codeVersion)
        .putAllLibraryVersions(libraryVersions)
        .setDataNotice(dataNotice)
        .build();
  }

  static Provenance fromProto(dev.tessera.proto.Provenance proto) {
    return new Provenance(
        proto.getDataSource(),
        proto.getDataSha256().toByteArray(),
        proto.getPictures(),
        proto.getCaptioned(),
        proto.getSeed(),
        proto.getVqvaeSteps(),
        proto.getTransformerSteps(),
        proto.getRankerSteps(),
        proto.getCodeVersion(),
        proto.getLibraryVersionsMap(),
        proto.getDataNotice());
  }
}
