/**
 * Run folders compared: {@link dev.tessera.cli.runs.RunSummary} reads their logs, {@link
 * dev.tessera.cli.runs.RunsTable} is their newest figures as text and JSON, {@link
 * dev.tessera.cli.runs.RunsPage} adds the curves.
 */
@NullMarked
package dev.tessera.cli.runs;

import org.jspecify.annotations.NullMarked;
