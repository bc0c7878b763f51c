/**
 * A run at a glance: {@code report.html} in its folder, one page for a browser that needs no
 * network, written anew as the run goes. {@link dev.tessera.cli.report.RunReport} decides when,
 * {@link dev.tessera.cli.history.RunHistory} is what the run's log tells, {@link
 * dev.tessera.cli.report.StagePlots} chooses the curves, {@link dev.tessera.cli.report.RunPage} is
 * the page.
 */
@NullMarked
package dev.tessera.cli.report;

import org.jspecify.annotations.NullMarked;
