/**
 * What an audit adds to the facts about a source: {@link dev.tessera.cli.audit.CaptionFit} tells
 * which captions a configuration cuts, {@link dev.tessera.cli.audit.TrainingTrial} how long
 * training takes on this machine, {@link dev.tessera.cli.audit.Advice} what to do about it all.
 */
@NullMarked
package dev.tessera.cli.audit;

import org.jspecify.annotations.NullMarked;
