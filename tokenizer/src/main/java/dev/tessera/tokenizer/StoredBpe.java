package dev.tessera.tokenizer;

import dev.tessera.proto.Bpe.Merge;

/** A vocabulary as {@code tokenizer.pb} holds it: merge i makes 256 + i of left[i] and right[i]. */
record StoredBpe(SplitRule splitRule, int[] left, int[] right) {
  dev.tessera.proto.Bpe toProto() {
    dev.tessera.proto.Bpe.Builder proto =
        dev.tessera.proto.Bpe.newBuilder()
            .setFormatVersion(version(splitRule))
            .setSplitRule(
                switch (splitRule) {
                  case CAPTIONS -> dev.tessera.proto.Bpe.SplitRule.CAPTIONS;
                  case GPT2 -> dev.tessera.proto.Bpe.SplitRule.GPT2;
                });
    for (int i = 0; i < left.length; i++) {
      proto.addMerges(Merge.newBuilder().setLeft(left[i]).setRight(right[i]));
    }
    return proto.build();
  }

  /** Refuses a version or a rule that is not known; of merges, anything may come. */
  static StoredBpe of(dev.tessera.proto.Bpe proto) {
    SplitRule splitRule = splitRule(proto);
    int[] left = proto.getMergesList().stream().mapToInt(Merge::getLeft).toArray();
    int[] right = proto.getMergesList().stream().mapToInt(Merge::getRight).toArray();
    return new StoredBpe(splitRule, left, right);
  }

  /** Readers of version 1 take CAPTIONS for granted. */
  private static int version(SplitRule splitRule) {
    return splitRule == SplitRule.CAPTIONS ? 1 : 2;
  }

  private static SplitRule splitRule(dev.tessera.proto.Bpe proto) {
    String version = Integer.toUnsignedString(proto.getFormatVersion());
    if (Integer.compareUnsigned(proto.getFormatVersion(), Bpe.FORMAT_VERSION) > 0) {
      throw new IllegalArgumentException(
          "tokenizer format version is %s, but this version of Tessera reads only 1 to %d: update it"
              .formatted(version, Bpe.FORMAT_VERSION));
    }
    SplitRule splitRule =
        switch (proto.getSplitRule()) {
          case CAPTIONS -> SplitRule.CAPTIONS;
          case GPT2 -> SplitRule.GPT2;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "tokenizer split rule is number %d, but must be 0 or 1"
                      .formatted(proto.getSplitRuleValue()));
        };
    if (proto.getFormatVersion() != version(splitRule)) {
      throw new IllegalArgumentException(
          "tokenizer format version is %s, but must be %d: this is no tokenizer"
              .formatted(version, version(splitRule)));
    }
    return splitRule;
  }
}
