package dev.tessera.peer;

/** Work whose result makes no sense is not measured. */
final class Results {
  private Results() {}

  static void requireFinite(String what, float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalStateException("the " + what + " is " + value);
    }
  }
}
