package dev.tessera.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** Failures in one sentence each. */
final class Explanation {
  private static final long MEGABYTE = 1 << 20;

  private Explanation() {}

  /** What went wrong, for people, in one line. */
  static String of(Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof OutOfMemoryError) {
      return String.format(
          "out of memory (%s): Java may use %d MB; give it more with -Xmx, or use a smaller batch,"
              + " model or picture size",
          firstLine(cause.getMessage(), "no more details"),
          Runtime.getRuntime().maxMemory() / MEGABYTE);
    }
    if (cause instanceof LinkageError) {
      return String.format(
          "the native libraries do not work on this machine (%s): ND4J has them for 64-bit Linux,"
              + " macOS and Windows, and the build must be of this platform",
          firstLine(cause.getMessage(), cause.getClass().getSimpleName()));
    }
    if (cause instanceof FileSystemException file && file.getFile() != null) {
      return file.getFile() + ": " + reason(file);
    }
    if (isForPeople(cause)) {
      return firstLine(cause.getMessage(), cause.getClass().getSimpleName());
    }
    return String.format(
        "internal error, %s (%s): please report it with what --stacktrace prints",
        cause.getClass().getSimpleName(), firstLine(cause.getMessage(), "no more details"));
  }

  /** Exceptions that say "wrapped" and nothing more are not worth reading. */
  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wraps =
        failure instanceof UncheckedIOException || failure instanceof ExceptionInInitializerError;
    return wraps && cause != null ? unwrapped(cause) : failure;
  }

  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it is there already";
    }
    if (e instanceof NotDirectoryException) {
      return "it is no folder";
    }
    return firstLine(e.getReason(), "the file system refuses");
  }

  /** Whether the libraries wrote the message for those who use them. */
  private static boolean isForPeople(Throwable cause) {
    return cause instanceof IOException
        || cause instanceof UsageException
        || cause instanceof IllegalArgumentException
        || cause instanceof IllegalStateException
        || cause.getClass().getName().startsWith("dev.tessera.");
  }

  private static String firstLine(@Nullable String message, String otherwise) {
    return message == null ? otherwise : message.lines().findFirst().orElse(otherwise);
  }
}
