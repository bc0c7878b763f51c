package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartUpTest {
  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "train --help", "sample --help"})
  void helpDoesNotLoadTheNativeLibraries(String line) throws Exception {
    String printed = run(line.split(" "));
    assertThat(printed)
        .contains(line.endsWith("--version") ? "tessera 0" : "Usage: tessera")
        .contains("dev.tessera.cli.Main ")
        .doesNotContain("org.nd4j.", "org.bytedeco.");
  }

  private static String run(String... arguments) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-verbose:class",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.tessera.cli.Main");
    builder.command().addAll(java.util.List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return printed;
  }
}
