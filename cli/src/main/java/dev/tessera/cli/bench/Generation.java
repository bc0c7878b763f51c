package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures are sampled, each from a prompt of its own, by a model of random weights: all text
 * tokens and then all image tokens of the sequence.
 */
final class Generation implements Workload {
  private static final long SEED = 1;

  private final IncrementalDecoder decoder;
  private final ImageSampler sampler;
  private final List<ImagePrompt> prompts = new ArrayList<>();

  Generation(GptShape shape, int batch, Execution execution) {
    TransformerConfig config = shape.config();
    TransformerWeights weights = TransformerWeights.read(config, Generation::random);
    decoder = new IncrementalDecoder(config, weights, batch, WeightFormat.of(execution));
    sampler = new ImageSampler(decoder);
    CounterRandom random = new CounterRandom(SEED, "bench prompts", 0);
    for (int row = 0; row < batch; row++) {
      int[] bpe = random.ints(config.textLength() - 1, 0, config.textVocabulary() - 1).toArray();
      prompts.add(ImagePrompt.text(bpe, row));
    }
  }

  /** A tensor as it is at the start of training. */
  static float[] random(String name, long... shape) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    Initialiser initialiser =
        name.endsWith("/scale") ? Initialiser.ones() : Initialiser.normal(0.02);
    initialiser.fill(values, new CounterRandom(SEED, name, 0));
    return values;
  }

  @Override
  public void step() {
    sampler.sample(prompts, SamplingOptions.DEFAULT);
  }

  @Override
  public void close() {
    decoder.close();
  }
}
