package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;

/** Milliseconds of a token step, for people: run {@code main}; no test runs it. */
final class DecoderSpeed {
  private DecoderSpeed() {}

  public static void main(String[] arguments) {
    for (int width : new int[] {256, 512}) {
      TransformerConfig config =
          TransformerConfig.causal(2000, 16, 1000, 8, 8, width, 6, width / 32);
      TransformerWeights weights = TransformerWeights.read(config, new RandomWeights(1));
      for (int batch : new int[] {1, 2, 16, 64}) {
        System.out.printf(
            "D %d, T %d, batch %d: %.2f ms per step%n",
            width, config.sequenceLength(), batch, measure(config, weights, batch));
      }
    }
  }

  private static double measure(TransformerConfig config, TransformerWeights weights, int batch) {
    IncrementalDecoder decoder = new IncrementalDecoder(config, weights, batch);
    int[] tokens = new int[batch];
    double best = Double.MAX_VALUE;
    int repeats = Math.max(4, 60 / batch);
    for (int repeat = 0; repeat < repeats; repeat++) {
      long start = System.nanoTime();
      decoder.start(batch);
      for (int i = 0; i < config.sequenceLength(); i++) {
        Arrays.fill(tokens, i % 7);
        decoder.step(tokens, i, i + 1, i < 16 ? Range.NONE : Range.IMAGE);
      }
      double elapsed = (System.nanoTime() - start) / 1e6 / config.sequenceLength();
      best = Math.min(best, elapsed);
    }
    return best;
  }
}
