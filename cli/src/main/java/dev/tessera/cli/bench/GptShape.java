package dev.tessera.cli.bench;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Vocabulary;

/**
 * The size of a GPT.
 *
 * @param config of a model whose layers all see everything before them
 */
record GptShape(TransformerConfig config) {
  /** Vocabulary 2,048, 32 text and 256 image tokens, width 256, 6 layers. */
  static final GptShape SMALL =
      new GptShape(TransformerConfig.causal(990, 32, 1024, 16, 16, 256, 6, 8));

  /** The same sequences, width 512, 8 layers. */
  static final GptShape MEDIUM =
      new GptShape(TransformerConfig.causal(990, 32, 1024, 16, 16, 512, 8, 8));

  /** For trying the bench out. */
  static final GptShape TINY = new GptShape(TransformerConfig.causal(300, 8, 64, 4, 4, 32, 2, 4));

  /**
   * Floating-point operations of a training step: 6 for each weight of a product and token (2
   * forward, 4 backward), and the two products of attention over whole, unmasked rows.
   */
  double trainingOperations(int batch) {
    double width = config.width();
    double tokens = (double) batch * config.sequenceLength();
    double weights = 12 * config.layers() * width * width + width * new Vocabulary(config).size();
    double attention = 12 * config.layers() * tokens * config.sequenceLength() * width;
    return 6 * tokens * weights + attention;
  }
}
