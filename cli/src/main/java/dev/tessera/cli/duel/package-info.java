/**
 * A comparison of quality with another project's stage 1, which trains on the same pictures in a
 * process of its own: {@link dev.tessera.cli.duel.DvaeDuel} has both sides train, {@link
 * dev.tessera.cli.duel.DvaePeer} is the other side, {@link dev.tessera.cli.duel.RawPictures} what
 * both read.
 */
@NullMarked
package dev.tessera.cli.duel;

import org.jspecify.annotations.NullMarked;
