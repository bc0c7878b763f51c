package dev.tessera.cli;

import dev.tessera.cli.bench.Bench;
import dev.tessera.cli.bench.BenchReport;
import dev.tessera.cli.bench.Benchmark;
import dev.tessera.cli.bench.Benchmarks;
import dev.tessera.cli.bench.Measurement;
import dev.tessera.cli.bench.PeerProcess;
import dev.tessera.cli.bench.PositionCost;
import dev.tessera.cli.bench.Schedule;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Precision;
import dev.tessera.engine.store.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Measures how fast this machine trains and samples. */
@Command(
    description = {
      "Measure this machine: its peak, then training, picture encoding and decoding, and sampling"
          + " of models of fixed sizes.",
      "Figures are medians of times: less is better. scripts/bench compares them with PyTorch's."
    })
final class BenchCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = {
        "What to measure, such as train/small/b8, or the beginning of names, such as decode"
            + " (default: everything). A name that does not exist is answered with the list."
      })
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the figures there; with a peer, an array of the comparisons.")
  private @Nullable Path json;

  @Option(
      names = "--peer",
      paramLabel = "COMMAND",
      description = "Measure in turn with another program that this shell command starts.")
  private @Nullable String peer;

  @Option(
      names = "--positions",
      paramLabel = "FILE",
      description =
          "Measure only what a token costs the small model by its position, up to 1,024, and write"
              + " it there: as a picture if the name ends in .png, else as comma-separated values.")
  private @Nullable Path positions;

  @Option(names = "--profile", description = "Tell what steps are spent on.")
  private boolean profile;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "" + Schedule.MINIMUM_STEPS,
      description = "Measured steps of each at least (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Mixin private final ExecutionOptions executionOptions = new ExecutionOptions();

  BenchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    List<Benchmark> benchmarks = UsageException.check(() -> Benchmarks.select(names));
    Schedule schedule = UsageException.check(() -> Schedule.DEFAULT.withSteps(steps));
    List<Execution> executions =
        benchmarks.stream()
            .map(benchmark -> executionOptions.execution(benchmark.precision()))
            .toList();
    requireFolder(json);
    requireFolder(positions);
    if (positions != null) {
      Execution execution = executionOptions.execution(Precision.BF16);
      PositionCost cost = PositionCost.ofSmallModel(execution);
      cost.summary().forEach(session.out()::println);
      if (positions.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
        byte[] picture = cost.png();
        AtomicFiles.write(positions, out -> out.write(picture));
      } else {
        writeText(positions, String.join("\n", cost.lines()));
      }
      return ExitCode.DONE;
    }
    List<Measurement> measurements = new ArrayList<>();
    BenchReport report = BenchReport.ofThisMachine();
    report.heading().forEach(session.out()::println);
    try (PeerProcess other = startPeer()) {
      Bench bench = new Bench(schedule, other, profile, session::leaveIfInterrupted);
      for (int i = 0; i < benchmarks.size(); i++) {
        Measurement measured = bench.measure(benchmarks.get(i), executions.get(i));
        report.lines(measured).forEach(session.out()::println);
        measurements.add(measured);
      }
    }
    if (json != null) {
      write(
          json,
          peer == null ? report.document(measurements) : BenchReport.comparison(measurements));
    }
    return ExitCode.DONE;
  }

  private @Nullable PeerProcess startPeer() throws IOException {
    return peer == null ? null : new PeerProcess(peer, session::leaveIfInterrupted);
  }

  /** Fails now if the figures could not be written after all the work. */
  private static void requireFolder(@Nullable Path file) throws IOException {
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new NoSuchFileException(String.valueOf(folder));
      }
    }
  }

  private static void write(Path file, Object content) throws IOException {
    String text =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(content);
    writeText(file, text);
  }

  private static void writeText(Path file, String text) throws IOException {
    AtomicFiles.write(file, out -> out.write((text + "\n").getBytes(StandardCharsets.UTF_8)));
  }
}
