/**
 * A run as event files, which TensorBoard shows while the run goes on and afterwards: {@code
 * tensorboard --logdir RUN/events}. {@link dev.tessera.cli.events.RunEvents} decides what is told,
 * {@link dev.tessera.cli.events.EventFile} is the format.
 */
@NullMarked
package dev.tessera.cli.events;

import org.jspecify.annotations.NullMarked;
