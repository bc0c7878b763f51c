package dev.tessera.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A peer of a few lines of shell, which writes down what it is asked.
 *
 * @param log where it does
 */
record FakePeer(Path log) {
  /** One that answers each run with the given time. */
  String taking(String time) {
    return answering("ready", time);
  }

  /** One that answers names and runs as told. */
  String answering(String toName, String toRun) {
    return """
        while read -r line; do
          echo "$line" >> '%s'
          case "$line" in
            run*) echo '%s' ;;
            done) ;;
            *) echo '%s' ;;
          esac
        done
        """
        .formatted(log, toRun, toName);
  }

  /** What it was asked so far. */
  List<String> requests() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }
}
