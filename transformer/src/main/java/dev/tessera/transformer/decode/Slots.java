package dev.tessera.transformer.decode;

import java.util.Arrays;

/**
 * Which slot of the caches each row of a batch has. The slots of n rows are the first n.
 *
 * <p>When rows are copied or dropped, the first child of a row inherits its slot and only further
 * children are copied, into slots that nobody needs: a beam that survives costs nothing, unless its
 * slot is not among the first any more.
 */
final class Slots {
  private int[] slots;
  private int[] next;
  private final boolean[] taken;

  /** Something that moves with a slot. */
  @FunctionalInterface
  interface Copier {
    void copy(int from, int to);
  }

  Slots(int maximum) {
    slots = new int[maximum];
    next = new int[maximum];
    taken = new boolean[maximum];
    reset();
  }

  /** Gives row r slot r. */
  void reset() {
    for (int row = 0; row < slots.length; row++) {
      slots[row] = row;
    }
  }

  int of(int row) {
    return slots[row];
  }

  /** Makes row r the continuation of what was row parents[r]. */
  void reorder(int[] parents, Copier copier) {
    Arrays.fill(taken, false);
    for (int row = 0; row < parents.length; row++) {
      int slot = slots[parents[row]];
      boolean inherits = slot < parents.length && !taken[slot];
      next[row] = inherits ? slot : -1;
      if (inherits) {
        taken[slot] = true;
      }
    }
    int free = 0;
    for (int row = 0; row < parents.length; row++) {
      if (next[row] < 0) {
        while (taken[free]) {
          free++;
        }
        taken[free] = true;
        next[row] = free;
        copier.copy(slots[parents[row]], free);
      }
    }
    int[] swap = slots;
    slots = next;
    next = swap;
  }
}
