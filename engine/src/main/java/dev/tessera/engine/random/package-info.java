/**
 * Randomness that is passed in, never global.
 *
 * <p>{@link dev.tessera.engine.random.CounterRandom} is a counter-based generator (Salmon et al.,
 * <i>Parallel random numbers: as easy as 1, 2, 3</i>, SC 2011): its stream is a pure function of a
 * seed, a purpose and a step. A run that is resumed at a step draws what the uninterrupted run
 * would have drawn, whatever other draws were made before and whichever thread makes them.
 */
@NullMarked
package dev.tessera.engine.random;

import org.jspecify.annotations.NullMarked;
