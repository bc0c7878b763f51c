package dev.tessera.transformer.decode;

import java.util.random.RandomGenerator;

/** Chooses a token. Filters change the logits and ask the sampler that they wrap. */
@FunctionalInterface
interface TokenSampler {
  /**
   * The id chosen.
   *
   * @param logits at least one is finite; overwritten
   */
  int sample(float[] logits, RandomGenerator random);

  /** The sampler that options describe. Guidance comes before it, since it needs two rows. */
  static TokenSampler of(SamplingOptions options) {
    if (options.temperature() == 0) {
      return greedy();
    }
    TokenSampler sampler = categorical();
    if (options.topP() < 1) {
      sampler = topP(options.topP(), sampler);
    }
    if (options.topK() > 0) {
      sampler = topK(options.topK(), sampler);
    }
    return options.temperature() == 1 ? sampler : temperature(options.temperature(), sampler);
  }

  /** The largest logit, the lowest id among equals. */
  static TokenSampler greedy() {
    return (logits, random) -> {
      float maximum = Logits.maximum(logits);
      int id = 0;
      while (logits[id] != maximum) {
        id++;
      }
      return id;
    };
  }

  /** Each id with its probability, by one number of the generator. */
  static TokenSampler categorical() {
    return (logits, random) -> {
      Logits.exponentials(logits);
      return draw(logits, Logits.sum(logits, 0, logits.length), random);
    };
  }

  /**
   * Each id with its share of a total.
   *
   * @param shares not negative
   * @param total by {@link Logits#sum}
   */
  static int draw(float[] shares, double total, RandomGenerator random) {
    double drawn = random.nextDouble() * total;
    double sum = 0;
    int last = 0;
    for (int id = 0; id < shares.length; id++) {
      sum += shares[id];
      if (sum > drawn) {
        return id;
      }
      if (shares[id] > 0) {
        last = id;
      }
    }
    // The product above can be the total, and that was summed in another order.
    return last;
  }

  /** Divides by the temperature, above 0, after the largest was made 0: nothing overflows. */
  static TokenSampler temperature(double temperature, TokenSampler next) {
    return (logits, random) -> {
      float maximum = Logits.maximum(logits);
      for (int id = 0; id < logits.length; id++) {
        logits[id] = (float) ((logits[id] - maximum) / temperature);
      }
      return next.sample(logits, random);
    };
  }

  /** Keeps the k largest logits, of equal ones those with the lower ids. */
  static TokenSampler topK(int k, TokenSampler next) {
    return (logits, random) -> {
      int[] ranking = Logits.ranking(logits);
      for (int rank = k; rank < ranking.length; rank++) {
        logits[ranking[rank]] = Float.NEGATIVE_INFINITY;
      }
      return next.sample(logits, random);
    };
  }

  /** Keeps the fewest of the largest logits that have probability p together. */
  static TokenSampler topP(double p, TokenSampler next) {
    return (logits, random) -> {
      int[] ranking = Logits.ranking(logits);
      float maximum = Logits.maximum(logits);
      double total = 0;
      for (int id : ranking) {
        total += Exponential.exp(logits[id] - maximum);
      }
      double kept = 0;
      for (int id : ranking) {
        if (kept >= p * total) {
          logits[id] = Float.NEGATIVE_INFINITY;
        } else {
          kept += Exponential.exp(logits[id] - maximum);
        }
      }
      return next.sample(logits, random);
    };
  }
}
