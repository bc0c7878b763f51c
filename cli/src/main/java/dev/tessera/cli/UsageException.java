package dev.tessera.cli;

import java.util.function.Supplier;

/** The command was not called as it must be; the message is what the user reads. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  private UsageException(IllegalArgumentException refused) {
    super(refused.getMessage(), refused);
  }

  /** Makes a value from what the user gave; what the library refuses is wrong usage. */
  static <T> T check(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException refused) {
      throw new UsageException(refused);
    }
  }
}
