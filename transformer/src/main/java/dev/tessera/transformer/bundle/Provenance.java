package dev.tessera.transformer.bundle;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a model comes from.
 *
 * @param dataSource as it was named on the command line
 * @param dataSha256 over the prepared pictures and their captions
 * @param pictures in both parts of the split
 * @param captioned how many of them have a caption; 0 means that the model cannot caption
 * @param seed of the run
 * @param vqvaeSteps of stage 1
 * @param transformerSteps of stage 2, 0 without it
 * @param codeVersion of the program that trained it
 * @param libraryVersions by name
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
    String codeVersion,
    Map<String, String> libraryVersions,
    String dataNotice) {
  public Provenance {
    libraryVersions = new TreeMap<>(libraryVersions);
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
        proto.getCodeVersion(),
        proto.getLibraryVersionsMap(),
        proto.getDataNotice());
  }
}
