package dev.tessera.transformer.bundle;

import dev.tessera.proto.VqvaeConfig.Fsq;
import dev.tessera.vqvae.model.ReconstructionLoss;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.StoredPictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.LookupFree;
import dev.tessera.vqvae.quantiser.Quantiser;
import dev.tessera.vqvae.quantiser.VectorQuantiser;

/**
 * {@link VqvaeConfig} and its stored form. What is read goes through the records' constructors, so
 * a bad value is an {@link IllegalArgumentException} that names field, value and range.
 */
final class VqvaeProtos {
  /** What Protocol Buffers makes of an enum's number that it does not know. */
  private static final String UNRECOGNISED = "UNRECOGNIZED";

  private VqvaeProtos() {}

  static dev.tessera.proto.VqvaeConfig toProto(VqvaeConfig config) {
    dev.tessera.proto.VqvaeConfig.Builder proto =
        dev.tessera.proto.VqvaeConfig.newBuilder()
            .setPicture(StoredPictureConfig.of(config.picture()))
            .setDownsampling(config.downsampling())
            .setWidth(config.width())
            .setGridWidth(config.gridWidth())
            .setResidualBlocks(config.residualBlocks())
            .setLoss(named(dev.tessera.proto.VqvaeConfig.ReconstructionLoss.class, config.loss()));
    Quantiser quantiser = config.quantiser();
    // Java 17 has no exhaustive switch over a sealed type; a test goes through the permitted ones.
    if (quantiser instanceof FiniteScalar fsq) {
      proto.setFsq(Fsq.newBuilder().addAllLevels(fsq.levels()));
    } else if (quantiser instanceof GumbelSoftmax gumbel) {
      proto.setGumbelSoftmax(toProto(gumbel));
    } else if (quantiser instanceof VectorQuantiser vectors) {
      proto.setVectorQuantiser(toProto(vectors));
    } else if (quantiser instanceof LookupFree signs) {
      proto.setLookupFree(toProto(signs));
    } else {
      throw new AssertionError("quantiser without a stored form: " + quantiser);
    }
    return proto.build();
  }

  static VqvaeConfig fromProto(dev.tessera.proto.VqvaeConfig proto) {
    return new VqvaeConfig(
        StoredPictureConfig.read(proto.getPicture()),
        proto.getDownsampling(),
        proto.getWidth(),
        proto.getGridWidth(),
        proto.getResidualBlocks(),
        quantiser(proto),
        named(ReconstructionLoss.class, proto.getLoss()));
  }

  private static Quantiser quantiser(dev.tessera.proto.VqvaeConfig proto) {
    return switch (proto.getQuantiserCase()) {
      case FSQ -> new FiniteScalar(proto.getFsq().getLevelsList());
      case GUMBEL_SOFTMAX -> fromProto(proto.getGumbelSoftmax());
      case VECTOR_QUANTISER -> fromProto(proto.getVectorQuantiser());
      case LOOKUP_FREE -> fromProto(proto.getLookupFree());
      case QUANTISER_NOT_SET -> throw new IllegalArgumentException("quantiser is absent");
    };
  }

  private static dev.tessera.proto.VqvaeConfig.GumbelSoftmax toProto(GumbelSoftmax gumbel) {
    return dev.tessera.proto.VqvaeConfig.GumbelSoftmax.newBuilder()
        .setCodebookSize(gumbel.codebookSize())
        .setCodeChannels(gumbel.codeChannels())
        .setStartTemperature(gumbel.startTemperature())
        .setEndTemperature(gumbel.endTemperature())
        .setKlWeight(gumbel.klWeight())
        .setRevivalShare(gumbel.revivalShare())
        .setUsageWeight(gumbel.usageWeight())
        .setLogits(named(dev.tessera.proto.VqvaeConfig.GumbelSoftmax.Logits.class, gumbel.logits()))
        .build();
  }

  private static GumbelSoftmax fromProto(dev.tessera.proto.VqvaeConfig.GumbelSoftmax proto) {
    return new GumbelSoftmax(
        proto.getCodebookSize(),
        proto.getCodeChannels(),
        proto.getStartTemperature(),
        proto.getEndTemperature(),
        proto.getKlWeight(),
        proto.getRevivalShare(),
        proto.getUsageWeight(),
        known(GumbelSoftmax.Logits.class, proto.getLogits(), "logits", proto.getLogitsValue()));
  }

  private static dev.tessera.proto.VqvaeConfig.VectorQuantiser toProto(VectorQuantiser vectors) {
    return dev.tessera.proto.VqvaeConfig.VectorQuantiser.newBuilder()
        .setCodebookSize(vectors.codebookSize())
        .setCodeChannels(vectors.codeChannels())
        .setDecay(vectors.decay())
        .setCommitment(vectors.commitment())
        .setWarmUpSteps(vectors.warmUpSteps())
        .setRevivalShare(vectors.revivalShare())
        .setUnitLength(vectors.unitLength())
        .setGradient(
            named(dev.tessera.proto.VqvaeConfig.VectorQuantiser.Gradient.class, vectors.gradient()))
        .build();
  }

  private static VectorQuantiser fromProto(dev.tessera.proto.VqvaeConfig.VectorQuantiser proto) {
    return new VectorQuantiser(
        proto.getCodebookSize(),
        proto.getCodeChannels(),
        proto.getDecay(),
        proto.getCommitment(),
        proto.getWarmUpSteps(),
        proto.getRevivalShare(),
        proto.getUnitLength(),
        known(
            VectorQuantiser.Gradient.class,
            proto.getGradient(),
            "gradient",
            proto.getGradientValue()));
  }

  private static dev.tessera.proto.VqvaeConfig.LookupFree toProto(LookupFree signs) {
    return dev.tessera.proto.VqvaeConfig.LookupFree.newBuilder()
        .setBits(signs.bits())
        .setCommitment(signs.commitment())
        .setEntropyWeight(signs.entropyWeight())
        .setOnSphere(signs.onSphere())
        .build();
  }

  private static LookupFree fromProto(dev.tessera.proto.VqvaeConfig.LookupFree proto) {
    return new LookupFree(
        proto.getBits(), proto.getCommitment(), proto.getEntropyWeight(), proto.getOnSphere());
  }

  /** The constant of the same name, if this version knows the stored one. */
  private static <E extends Enum<E>> E known(
      Class<E> type, Enum<?> stored, String name, int number) {
    if (stored.name().equals(UNRECOGNISED)) {
      throw Newer.value(name, number);
    }
    return named(type, stored);
  }

  /** The constant of the same name. */
  private static <E extends Enum<E>> E named(Class<E> type, Enum<?> constant) {
    return Enum.valueOf(type, constant.name());
  }
}
