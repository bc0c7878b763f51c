package dev.tessera.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The model that comes with the command line, if this build has one. Whoever starts the program
 * says by the system property {@code tessera.model} where it would be.
 */
final class ShippedModel {
  private static final String PLACE = "tessera.model";

  private ShippedModel() {}

  /**
   * The bundle.
   *
   * @throws UsageException if there is none
   */
  static Path find() {
    return at(System.getProperty(PLACE, ""));
  }

  /** The bundle at a place, which is empty where nobody has said any. */
  static Path at(String place) {
    Path file = Path.of(place);
    if (place.isEmpty() || !Files.isRegularFile(file)) {
      throw new UsageException("no model ships with this build, so --model NAME.tessera is needed");
    }
    return file;
  }
}
