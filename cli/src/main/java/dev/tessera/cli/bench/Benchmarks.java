package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution.Precision;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that can be measured, by name. */
public final class Benchmarks {
  private static final List<Benchmark> STANDARD =
      List.of(
          training("train/small/b8", GptShape.SMALL, 8, Precision.BF16),
          training("train/small/b16", GptShape.SMALL, 16, Precision.BF16),
          training("train/medium/b8", GptShape.MEDIUM, 8, Precision.BF16),
          training("train-f32/small/b8", GptShape.SMALL, 8, Precision.F32),
          training("train-f32/medium/b8", GptShape.MEDIUM, 8, Precision.F32),
          vaeTraining("vqvae/train", VaeShape.STANDARD),
          new Benchmark(
              "vqvae/encode",
              Unit.SECONDS_PER_BATCH,
              0,
              Precision.BF16,
              execution -> new Encoding(VaeShape.STANDARD, execution)),
          new Benchmark(
              "vqvae/decode",
              Unit.SECONDS_PER_BATCH,
              0,
              Precision.BF16,
              execution -> new Decoding(VaeShape.STANDARD, execution)),
          generation("decode/small/b1", GptShape.SMALL, 1),
          generation("decode/small/b16", GptShape.SMALL, 16),
          generation("decode/medium/b1", GptShape.MEDIUM, 1),
          generation("decode/medium/b16", GptShape.MEDIUM, 16));

  /** Batches of stage 1 as they are prepared beside training; measured only if named. */
  private static final List<Benchmark> LOADING =
      List.of(loading("loader/32", 32), loading("loader/64", 64));

  /** Seconds each, for trying the bench out; measured only if named. */
  private static final List<Benchmark> TINY =
      List.of(
          training("tiny/train", GptShape.TINY, 2, Precision.BF16),
          vaeTraining("tiny/vqvae", VaeShape.TINY),
          generation("tiny/decode", GptShape.TINY, 2));

  private Benchmarks() {}

  private static Benchmark training(String name, GptShape shape, int batch, Precision precision) {
    return new Benchmark(
        name,
        Unit.SECONDS_PER_STEP,
        shape.trainingOperations(batch),
        precision,
        execution -> TrainingSteps.gpt(shape, batch, execution));
  }

  private static Benchmark vaeTraining(String name, VaeShape shape) {
    return new Benchmark(
        name,
        Unit.SECONDS_PER_STEP,
        shape.trainingOperations(),
        Precision.BF16,
        execution -> TrainingSteps.vae(shape, execution));
  }

  private static Benchmark loading(String name, int side) {
    return new Benchmark(
        name, Unit.SECONDS_PER_BATCH, 0, Precision.F32, execution -> new Loading(side, execution));
  }

  private static Benchmark generation(String name, GptShape shape, int batch) {
    return new Benchmark(
        name,
        Unit.millisecondsPerToken(shape.config().imageLength()),
        0,
        Precision.BF16,
        execution -> new Generation(shape, batch, execution));
  }

  /**
   * Benchmarks in the order of the table, each once.
   *
   * @param names whole names, or their beginnings up to a slash ({@code train}, {@code
   *     decode/small}); none for those that can be compared with a peer
   * @throws IllegalArgumentException if a name is unknown; the message lists the known ones
   */
  public static List<Benchmark> select(List<String> names) {
    if (names.isEmpty()) {
      return STANDARD;
    }
    List<Benchmark> all = Stream.of(STANDARD, LOADING, TINY).flatMap(List::stream).toList();
    Set<Benchmark> selected = new LinkedHashSet<>();
    for (String name : names) {
      List<Benchmark> meant =
          all.stream()
              .filter(known -> known.name().equals(name) || known.name().startsWith(name + "/"))
              .toList();
      if (meant.isEmpty()) {
        throw new IllegalArgumentException(
            "there is no benchmark "
                + name
                + " among "
                + all.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
      }
      selected.addAll(meant);
    }
    return all.stream().filter(selected::contains).toList();
  }
}
