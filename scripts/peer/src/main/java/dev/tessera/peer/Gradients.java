package dev.tessera.peer;

import org.bytedeco.pytorch.NoGradGuard;

/** Work that nothing will be differentiated through. */
final class Gradients {
  private Gradients() {}

  static void without(Runnable work) {
    NoGradGuard guard = new NoGradGuard();
    try {
      work.run();
    } finally {
      guard.close();
    }
  }
}
