package dev.tessera.cli.bench;

import dev.tessera.engine.graph.Execution;
import java.util.function.Function;

/**
 * Something that can be measured.
 *
 * @param name by which it is asked for, here and of the peer
 * @param unit of its figures
 * @param operations floating-point operations of one step in products and convolutions; 0 where a
 *     share of the peak says nothing
 * @param precision of products where the user asks for none
 * @param workload makes it ready, with plain or fused operations in the precision asked for
 */
public record Benchmark(
    String name,
    Unit unit,
    double operations,
    Execution.Precision precision,
    Function<Execution, Workload> workload) {}
