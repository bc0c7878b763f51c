package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import java.util.ArrayList;
import java.util.List;

/** The models that tests use. */
final class Models {
  /**
   * Big enough for the local pattern to leave something out; sizes that no block divides; inputs
   * that know what is around their target.
   */
  static final TransformerConfig MIXED =
      new TransformerConfig(
              259,
              7,
              37,
              8,
              9,
              42,
              3,
              3,
              List.of(MaskPattern.CAUSAL, MaskPattern.LOCAL, MaskPattern.CAUSAL))
          .with(new Variant(PositionEncoding.ABSOLUTE, false, false, false, 2));

  /** Quick to sample from. */
  static final TransformerConfig SMALL = TransformerConfig.causal(257, 4, 11, 2, 3, 16, 2, 2);

  private Models() {}

  static IncrementalDecoder decoder(TransformerConfig config, long seed, int maximumBatch) {
    return decoder(config, seed, maximumBatch, WeightFormat.F32);
  }

  static IncrementalDecoder decoder(
      TransformerConfig config, long seed, int maximumBatch, WeightFormat format) {
    return new IncrementalDecoder(
        config, TransformerWeights.read(config, new RandomWeights(seed)), maximumBatch, format);
  }

  static List<Likelihood.Pair> pairs(TransformerConfig config, long seed, int count) {
    List<Likelihood.Pair> pairs = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      CounterRandom random = new CounterRandom(seed, "pair", k);
      int[] bpe = new int[random.nextInt(config.textLength() + 2)];
      int[] codes = new int[config.imageLength()];
      for (int i = 0; i < bpe.length; i++) {
        bpe[i] = random.nextInt(config.textVocabulary() - 1);
      }
      for (int i = 0; i < codes.length; i++) {
        codes[i] = random.nextInt(config.imageVocabulary());
      }
      pairs.add(new Likelihood.Pair(bpe, codes));
    }
    return pairs;
  }
}
