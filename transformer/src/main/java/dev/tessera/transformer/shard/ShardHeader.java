package dev.tessera.transformer.shard;

import com.google.protobuf.ByteString;
import dev.tessera.tokenizer.Bpe;

/**
 * What a file of tokens says about itself.
 *
 * @param origin what the tokens were made from
 * @param imageVocabulary K, 2 to 65,536: image tokens are 0 to K − 1
 * @param textVocabulary ids of the tokenizer, end of text, the last one, included
 * @param gridHeight rows of tokens, 1 to 1,024
 * @param gridWidth columns of tokens, 1 to 1,024
 * @param firstRecord which of the set's records comes first in the file
 * @param records of the file
 * @param totalRecords of the set
 */
public record ShardHeader(
    TokenOrigin origin,
    int imageVocabulary,
    int textVocabulary,
    int gridHeight,
    int gridWidth,
    int firstRecord,
    int records,
    int totalRecords) {
  /** The version that is written, and the only one that is read. */
  public static final int FORMAT_VERSION = 1;

  private static final int MAXIMUM_SIDE = 1024;

  public ShardHeader {
    require("image vocabulary", imageVocabulary, 2, 1 << 16);
    require("text vocabulary", textVocabulary, Bpe.MINIMUM_VOCABULARY, Bpe.MAXIMUM_VOCABULARY);
    require("grid height", gridHeight, 1, MAXIMUM_SIDE);
    require("grid width", gridWidth, 1, MAXIMUM_SIDE);
    require("total records", totalRecords, 1, Integer.MAX_VALUE);
    require("first record", firstRecord, 0, totalRecords - 1);
    require("records", records, 1, totalRecords - firstRecord);
  }

  private static void require(String name, int value, int minimum, int maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          "%s is %d, but must be %d to %d".formatted(name, value, minimum, maximum));
    }
  }

  /** Image tokens of a form of a picture, H'·W'. */
  public int tokens() {
    return gridHeight * gridWidth;
  }

  /** The header of another file of the set. */
  ShardHeader of(int first, int count) {
    return new ShardHeader(
        origin, imageVocabulary, textVocabulary, gridHeight, gridWidth, first, count, totalRecords);
  }

  dev.tessera.proto.TokenShard toProto() {
    return dev.tessera.proto.TokenShard.newBuilder()
        .setFormatVersion(FORMAT_VERSION)
        .setBundleSha256(ByteString.copyFrom(origin.bundleDigest()))
        .setTokenizerSha256(ByteString.copyFrom(origin.tokenizerDigest()))
        .setDataSha256(ByteString.copyFrom(origin.dataDigest()))
        .setForms(origin.forms())
        .setAugmentation(origin.augmentation())
        .setSeed(origin.seed())
        .setImageVocabulary(imageVocabulary)
        .setTextVocabulary(textVocabulary)
        .setGridHeight(gridHeight)
        .setGridWidth(gridWidth)
        .setFirstRecord(firstRecord)
        .setRecords(records)
        .setTotalRecords(totalRecords)
        .build();
  }

  /**
   * The header that a message holds.
   *
   * @throws IllegalArgumentException if its version is another one or a value is out of range
   */
  static ShardHeader fromProto(dev.tessera.proto.TokenShard proto) {
    if (proto.getFormatVersion() != FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "format version is %s, but this version of Tessera reads %d"
              .formatted(Integer.toUnsignedString(proto.getFormatVersion()), FORMAT_VERSION));
    }
    return new ShardHeader(
        new TokenOrigin(
            proto.getBundleSha256().toByteArray(),
            proto.getTokenizerSha256().toByteArray(),
            proto.getDataSha256().toByteArray(),
            proto.getForms(),
            proto.getAugmentation(),
            proto.getSeed()),
        proto.getImageVocabulary(),
        proto.getTextVocabulary(),
        proto.getGridHeight(),
        proto.getGridWidth(),
        clamped(proto.getFirstRecord()),
        clamped(proto.getRecords()),
        clamped(proto.getTotalRecords()));
  }

  /** What is out of range stays so. */
  private static int clamped(long value) {
    return value < 0 || value > Integer.MAX_VALUE ? -1 : (int) value;
  }
}
