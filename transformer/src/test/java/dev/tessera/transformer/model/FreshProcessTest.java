package dev.tessera.transformer.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.Execution;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the JIT has compiled changes no bit: checked from the first step of a fresh process on. */
class FreshProcessTest {
  private static List<String> digests(Execution.Precision precision, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(FirstStep.class.getName(), precision.name()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().filter(line -> line.startsWith("digest")).toList();
  }

  @ParameterizedTest
  @EnumSource
  void twoFreshProcessesAgreeInEveryBit(Execution.Precision precision) throws Exception {
    List<String> first = digests(precision);
    assertThat(first).hasSize(2);
    assertThat(first.get(1)).isEqualTo(first.get(0));
    assertThat(digests(precision)).isEqualTo(first);
    assertThat(digests(precision, "-XX:TieredStopAtLevel=1")).isEqualTo(first);
  }
}
