package dev.tessera.cli;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.Execution.Operations;
import dev.tessera.engine.graph.Execution.Precision;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How graphs are computed. */
final class ExecutionOptions {
  @Option(
      names = "--ops",
      paramLabel = "plain|fused",
      description = "Implementation of the operations (default: fused on a processor).")
  private @Nullable Operations operations;

  @Option(
      names = "--precision",
      paramLabel = "f32|bf16",
      description =
          "Of the products between f32 weights and activations (default: bf16 where the processor"
              + " multiplies such numbers itself).")
  private @Nullable Precision precision;

  /**
   * What is asked for, completed by what suits this machine as soon as that matters: to find it out
   * takes the native libraries.
   *
   * @throws UsageException if what is asked for is impossible on any machine
   */
  Supplier<Execution> execution() {
    Operations wanted = operations;
    Precision exact = precision;
    if (wanted != null && exact != null) {
      Execution asked = UsageException.check(() -> new Execution(wanted, exact));
      return () -> asked;
    }
    return () -> completed(Precision.BF16);
  }

  /**
   * The same at once.
   *
   * @param lowest precision that is chosen where none is asked for
   */
  Execution execution(Precision lowest) {
    return completed(lowest);
  }

  private Execution completed(Precision lowest) {
    Execution best = Execution.best();
    Operations chosen = operations != null ? operations : best.operations();
    boolean single = chosen == Operations.PLAIN || lowest == Precision.F32;
    Precision fitting = single ? Precision.F32 : best.precision();
    return UsageException.check(
        () -> new Execution(chosen, precision != null ? precision : fitting));
  }

  /** What was chosen and why, for people. */
  static String reason(Execution execution) {
    String precision = execution.precision().name().toLowerCase(Locale.ROOT);
    return switch (execution.operations()) {
      case PLAIN -> "computing with ND4J's own operations in " + precision;
      case FUSED ->
          "computing with fused operations in "
              + precision
              + ": oneDNN finds "
              + Execution.instructionSet();
    };
  }
}
