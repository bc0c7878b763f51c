package dev.tessera.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Merges two fused steps where one kernel does the work of both, such as a convolution and the
 * activation that alone reads its result.
 */
final class Mergers {
  private final Map<Value, Integer> readers = new HashMap<>();
  private final Map<Value, FusedStep> producers = new HashMap<>();
  private final Set<Value> kept;

  private Mergers(List<Step> steps, Set<Value> kept) {
    this.kept = kept;
    for (Step step : steps) {
      step.inputs.forEach(input -> readers.merge(input.root, 1, Integer::sum));
    }
  }

  /**
   * The steps with all mergers made.
   *
   * @param kept values that must be computed as they are
   */
  static List<Step> merge(List<Step> steps, Set<Value> kept) {
    Mergers mergers = new Mergers(steps, kept);
    List<Step> merged = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof FusedStep fused) {
        mergers.add(fused, merged);
      } else {
        merged.add(step);
      }
    }
    return merged;
  }

  private void add(FusedStep step, List<Step> merged) {
    Value input = step.inputs.isEmpty() ? null : step.inputs.get(0);
    FusedStep before = input == null ? null : producers.remove(input);
    if (before != null && step.inputs.size() == 1) {
      Optional<FusedStep> both = before.followedBy(step);
      if (both.isPresent()) {
        merged.set(merged.indexOf(before), both.get());
        return;
      }
    }
    Value output = step.outputs.get(0);
    if (!kept.contains(output) && readers.getOrDefault(output, 0) == 1) {
      producers.put(output, step);
    }
    merged.add(step);
  }
}
