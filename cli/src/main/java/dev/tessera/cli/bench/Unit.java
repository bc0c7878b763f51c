package dev.tessera.cli.bench;

/**
 * What the figures of a benchmark are in.
 *
 * @param name such as s/step
 * @param perSecond how many of them a second of one step is
 */
public record Unit(String name, double perSecond) {
  static final Unit SECONDS_PER_STEP = new Unit("s/step", 1);
  static final Unit SECONDS_PER_BATCH = new Unit("s/batch", 1);

  /** Of a step that makes so many tokens in each row of a batch. */
  static Unit millisecondsPerToken(int tokens) {
    return new Unit("ms/token", 1e3 / tokens);
  }
}
