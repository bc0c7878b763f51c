package dev.tessera.transformer.decode;

/**
 * How the next token is drawn from the logits.
 *
 * @param temperature what logits are divided by, 0 to {@value #MAXIMUM_TEMPERATURE}; 0 is greedy,
 *     always the most probable token
 * @param topK how many of the most probable tokens may be drawn; 0 for all
 * @param topP the most probable tokens that together have this probability may be drawn, above 0 to
 *     1; 1 for all
 * @param guidance scale g of classifier-free guidance, 0 to {@value #MAXIMUM_GUIDANCE}: logits are
 *     null + g · (conditional − null); 1 for none
 * @param guidanceSchedule how that scale goes over the tokens of a picture
 * @param seed of all randomness
 */
public record SamplingOptions(
    double temperature,
    int topK,
    double topP,
    double guidance,
    GuidanceSchedule guidanceSchedule,
    long seed) {
  public static final double MAXIMUM_TEMPERATURE = 100;
  public static final double MAXIMUM_GUIDANCE = 100;

  /** The model's own distribution, seed 0. */
  public static final SamplingOptions DEFAULT = new SamplingOptions(1, 0, 1, 1, 0);

  /**
   * For pictures to look at, seed 0: they show more of the prompt than those of the model's own
   * distribution, and vary less. Guidance takes a second stream, and a model that learned from some
   * pictures without their captions.
   */
  public static final SamplingOptions CLEAR = new SamplingOptions(0.7, 40, 1, 3, 0);

  public SamplingOptions {
    if (!(temperature >= 0 && temperature <= MAXIMUM_TEMPERATURE)) {
      throw new IllegalArgumentException(
          "temperature is " + temperature + ", but must be 0 to " + MAXIMUM_TEMPERATURE);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k is " + topK + ", but must not be negative");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p is " + topP + ", but must be above 0 to 1");
    }
    if (!(guidance >= 0 && guidance <= MAXIMUM_GUIDANCE)) {
      throw new IllegalArgumentException(
          "guidance is " + guidance + ", but must be 0 to " + MAXIMUM_GUIDANCE);
    }
  }

  /** The same guidance for every token. */
  public SamplingOptions(double temperature, int topK, double topP, double guidance, long seed) {
    this(temperature, topK, topP, guidance, GuidanceSchedule.CONSTANT, seed);
  }

  /** The most probable token each time. */
  public static SamplingOptions greedy() {
    return DEFAULT.withTemperature(0);
  }

  /** Whether a token is drawn with the probabilities that the model gives it. */
  boolean isPlain() {
    return temperature == 1 && topK == 0 && topP == 1 && guidance == 1;
  }

  /** Whether every row needs a second one with the null caption. */
  public boolean isGuided() {
    return guidance != 1;
  }

  /** The scale of guidance for one of the tokens of a picture, counted as they are drawn. */
  double guidanceAt(int token, int tokens) {
    return guidanceSchedule.scale(guidance, token, tokens);
  }

  public SamplingOptions withTemperature(double value) {
    return new SamplingOptions(value, topK, topP, guidance, guidanceSchedule, seed);
  }

  public SamplingOptions withTopK(int value) {
    return new SamplingOptions(temperature, value, topP, guidance, guidanceSchedule, seed);
  }

  public SamplingOptions withTopP(double value) {
    return new SamplingOptions(temperature, topK, value, guidance, guidanceSchedule, seed);
  }

  public SamplingOptions withGuidance(double value) {
    return new SamplingOptions(temperature, topK, topP, value, guidanceSchedule, seed);
  }

  public SamplingOptions withGuidanceSchedule(GuidanceSchedule value) {
    return new SamplingOptions(temperature, topK, topP, guidance, value, seed);
  }

  public SamplingOptions withSeed(long value) {
    return new SamplingOptions(temperature, topK, topP, guidance, guidanceSchedule, value);
  }
}
