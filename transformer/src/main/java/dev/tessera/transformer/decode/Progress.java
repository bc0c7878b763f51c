package dev.tessera.transformer.decode;

/** Told how far a piece of work is. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (done, total) -> {};

  /** Called from the thread that asked for the work, after each step. */
  void update(long done, long total);
}
