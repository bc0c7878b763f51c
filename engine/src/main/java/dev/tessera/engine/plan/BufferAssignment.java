package dev.tessera.engine.plan;

import dev.tessera.engine.graph.FlatMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Gives every result a slot. A slot is free again once the last reader of its value has run; an
 * element-wise step writes over an input that nobody reads after it.
 */
final class BufferAssignment {
  private final List<Step> steps;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Slot> free = new ArrayList<>();
  private long unsharedBytes;

  BufferAssignment(List<Step> steps, Set<Value> kept) {
    this.steps = steps;
    findLastUses(kept);
    for (int i = 0; i < steps.size(); i++) {
      assign(i);
    }
    place();
  }

  /** Slots of one type lie side by side, so that few large pages hold them. */
  private void place() {
    Map<DataType, List<Slot>> byType = new EnumMap<>(DataType.class);
    for (Slot slot : slots) {
      if (slot.isHomeless()) {
        byType.computeIfAbsent(slot.type, absent -> new ArrayList<>()).add(slot);
      }
    }
    byType.forEach(
        (type, all) -> {
          long room = all.stream().mapToLong(slot -> FlatMemory.padded(type, slot.length())).sum();
          FlatMemory memory = new FlatMemory(type, room);
          for (Slot slot : all) {
            slot.place(memory.buffer(memory.reserve(slot.length()), slot.length()));
          }
        });
  }

  /** Bytes of all slots. */
  long bytes() {
    return slots.stream().mapToLong(Slot::bytes).sum();
  }

  /** Bytes that the results would need with a buffer each. */
  long unsharedBytes() {
    return unsharedBytes;
  }

  private void findLastUses(Set<Value> kept) {
    for (int i = 0; i < steps.size(); i++) {
      for (Value input : steps.get(i).inputs) {
        input.root.lastUse = i;
      }
      for (Value output : steps.get(i).outputs) {
        output.lastUse = i;
      }
    }
    for (Value value : kept) {
      value.root.lastUse = Value.KEPT;
    }
  }

  private void assign(int index) {
    Step step = steps.get(index);
    Value donor = donor(step, index);
    for (Value output : step.outputs) {
      unsharedBytes += output.length() * output.type.width();
      output.slot = donor != null ? donor.slot : take(output);
    }
    Set<Value> dying = new HashSet<>(step.outputs);
    step.inputs.forEach(input -> dying.add(input.root));
    dying.removeIf(value -> value.isFixed() || value.lastUse != index || value == donor);
    dying.forEach(value -> free.add(slotOf(value)));
  }

  private static Slot slotOf(Value value) {
    Slot slot = value.slot;
    if (slot == null) {
      throw new IllegalStateException(value.name + " is read before it is written");
    }
    return slot;
  }

  /** An input that dies here and whose slot the only output may take over. */
  private static @Nullable Value donor(Step step, int index) {
    if (!step.worksInPlace() || step.outputs.size() != 1) {
      return null;
    }
    Value output = step.outputs.get(0);
    if (output.lastUse == Value.KEPT) {
      return null;
    }
    for (Value input : step.inputs) {
      Value root = input.root;
      if (!root.isFixed()
          && root.lastUse == index
          && root.type == output.type
          && root.length() == output.length()
          && step.inputs.stream().allMatch(other -> other.root != root || inPlace(other, output))) {
        return root;
      }
    }
    return null;
  }

  /** Whether each element lies where the output's element at its place will lie. */
  private static boolean inPlace(Value input, Value output) {
    return input.isDense() && Arrays.equals(input.shape, output.shape);
  }

  private Slot take(Value value) {
    Slot best = null;
    if (value.lastUse != Value.KEPT) {
      for (Slot slot : free) {
        if (slot.type == value.type && (best == null || fitsBetter(slot, best, value.length()))) {
          best = slot;
        }
      }
    }
    if (best == null) {
      best = new Slot(value.type, value.home);
      slots.add(best);
    } else {
      free.remove(best);
    }
    best.grow(value.length());
    return best;
  }

  /** The smallest slot that is large enough, or else the largest. */
  private static boolean fitsBetter(Slot candidate, Slot best, long wanted) {
    boolean bestFits = best.length() >= wanted;
    return candidate.length() >= wanted
        ? !bestFits || candidate.length() < best.length()
        : !bestFits && candidate.length() > best.length();
  }
}
