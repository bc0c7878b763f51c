/**
 * What a run's {@code log.jsonl} tells, whoever asks: {@link dev.tessera.cli.history.RunHistory}
 * reads it line by line, {@link dev.tessera.cli.history.StageHistory} is what each stage did,
 * {@link dev.tessera.cli.history.Curve} a measure over its steps. A session that goes on from a
 * checkpoint does the steps after it again, and what it says replaces what was there.
 */
@NullMarked
package dev.tessera.cli.history;

import org.jspecify.annotations.NullMarked;
