/**
 * The {@code tessera} command. {@link dev.tessera.cli.Main} is the only place that ends the
 * process; commands print through a {@link dev.tessera.cli.Session}, results to standard output and
 * everything else to standard error. A failure is one sentence there; exit codes are in {@link
 * dev.tessera.cli.ExitCode}.
 */
@NullMarked
package dev.tessera.cli;

import org.jspecify.annotations.NullMarked;
