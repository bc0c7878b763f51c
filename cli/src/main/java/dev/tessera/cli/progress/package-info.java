/**
 * How a run is followed: moving bars on a screen ({@link dev.tessera.cli.progress.RunBars}), a line
 * for each event elsewhere ({@link dev.tessera.cli.progress.RunLines}), JSON for programs ({@link
 * dev.tessera.cli.progress.RunLog}).
 */
@NullMarked
package dev.tessera.cli.progress;

import org.jspecify.annotations.NullMarked;
