package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.measure.Interval;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One figure of an evaluation with what it means, so that neither is shown without the other.
 *
 * @param key for programs, unique in its section
 * @param title for people
 * @param unit what is counted
 * @param definition in a sentence or two
 * @param value finite
 * @param interval where it lies with 95% confidence, if that is known
 * @param real the same figure for real held-out pictures, where there is one
 * @param chance the same figure for whoever guesses, where there is one
 */
public record Figure(
    String key,
    String title,
    Unit unit,
    String definition,
    double value,
    Optional<Interval> interval,
    OptionalDouble real,
    OptionalDouble chance) {

  /** What a figure counts. */
  public enum Unit {
    /** 0 to 1. */
    SHARE,
    /** Of information. */
    BITS,
    DECIBELS,
    SECONDS,
    BYTES,
    /** A whole number. */
    COUNT,
    /** Without a unit. */
    NUMBER
  }

  public Figure {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(key + " is " + value + ", but must be finite");
    }
    if (definition.isBlank()) {
      throw new IllegalArgumentException(key + " has no definition");
    }
  }

  /** A figure that stands alone. */
  public static Figure of(String key, String title, Unit unit, String definition, double value) {
    return new Figure(
        key,
        title,
        unit,
        definition,
        value,
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /** A share of a number of cases, with its interval after Wilson. */
  static Figure share(String key, String title, String definition, double value, int cases) {
    return of(key, title, Unit.SHARE, definition, value).within(Interval.ofShare(value, cases));
  }

  Figure within(Interval known) {
    return new Figure(key, title, unit, definition, value, Optional.of(known), real, chance);
  }

  Figure real(double reached) {
    return new Figure(
        key, title, unit, definition, value, interval, OptionalDouble.of(reached), chance);
  }

  Figure chance(double guessed) {
    return new Figure(
        key, title, unit, definition, value, interval, real, OptionalDouble.of(guessed));
  }
}
