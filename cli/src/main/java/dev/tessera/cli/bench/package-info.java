/**
 * What {@code tessera bench} measures, and how.
 *
 * <ul>
 *   <li>{@link dev.tessera.cli.bench.Benchmarks}: the names and what they mean; {@link
 *       dev.tessera.cli.bench.GptShape} and {@link dev.tessera.cli.bench.VaeShape} are the sizes
 *   <li>{@link dev.tessera.cli.bench.Workload}: what is measured, made ready: {@link
 *       dev.tessera.cli.bench.TrainingSteps}, {@link dev.tessera.cli.bench.Encoding}, {@link
 *       dev.tessera.cli.bench.Decoding}, {@link dev.tessera.cli.bench.Generation}
 *   <li>{@link dev.tessera.cli.bench.Bench}: measures, alone or in turn with {@link
 *       dev.tessera.cli.bench.PeerProcess}, as {@link dev.tessera.cli.bench.Schedule} says
 *   <li>{@link dev.tessera.cli.bench.Machine}, {@link dev.tessera.cli.bench.MatrixPeak}, {@link
 *       dev.tessera.cli.bench.MemoryBandwidth}: what the figures are to be judged by
 *   <li>{@link dev.tessera.cli.bench.BenchReport}: the figures as text and as JSON
 * </ul>
 *
 * <p>A figure is the median of at least seven steps after a warm-up, times only: less is better.
 * Shares of the peak count the floating-point operations of matrix products and convolutions that
 * the network as it is written down needs, whether or not the program finds a way to do with fewer.
 */
@NullMarked
package dev.tessera.cli.bench;

import org.jspecify.annotations.NullMarked;
