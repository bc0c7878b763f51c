package dev.tessera.engine.plan;

import dev.tessera.engine.graph.ParameterStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The steps of a plan that depend on nothing but one parameter each, such as its rounding to
 * another type and the layout that a product wants. What they compute belongs to the parameters'
 * store, so that the replicas of a plan share it: each then computes a part, before any of them
 * goes on.
 */
final class Preparation {
  /** For each parameter what is computed from it, in order. */
  private final List<List<FusedStep>> chains;

  private Preparation(List<List<FusedStep>> chains) {
    this.chains = chains;
  }

  /**
   * Finds the steps and gives their results arrays of the store.
   *
   * @param parameters values of parameters
   * @param kept values that must be the plan's own
   */
  static Preparation of(
      List<Step> steps, Set<Value> parameters, Set<Value> kept, ParameterStore store) {
    Map<Value, List<FusedStep>> chains = new LinkedHashMap<>();
    Map<Value, Value> origins = new HashMap<>();
    parameters.forEach(parameter -> origins.put(parameter, parameter));
    for (Step step : steps) {
      if (step instanceof FusedStep fused
          && step.inputs.size() == 1
          && step.outputs.size() == 1
          && origins.containsKey(step.inputs.get(0))
          && !kept.contains(step.outputs.get(0))) {
        Value input = step.inputs.get(0);
        Value output = step.outputs.get(0);
        long source = input.bind().data().addressPointer().address();
        output.place(store.derived(List.of(source, fused.identity()), output.type, output.shape));
        Value origin = origins.get(input);
        origins.put(output, origin);
        chains.computeIfAbsent(origin, absent -> new ArrayList<>()).add(fused);
      }
    }
    return new Preparation(List.copyOf(chains.values()));
  }

  /** All steps. */
  List<Step> steps() {
    return chains.stream().<Step>flatMap(List::stream).toList();
  }

  /** Whether this writes to the very arrays that another one writes to. */
  boolean isOfSame(Preparation other) {
    return arrays().equals(other.arrays());
  }

  private Set<Long> arrays() {
    Set<Long> addresses = new HashSet<>();
    for (Step step : steps()) {
      INDArray array = step.outputs.get(0).bind();
      addresses.add(array.data().addressPointer().address());
    }
    return addresses;
  }

  /**
   * The steps in parts of about as many bytes, for threads of their own: no part needs what another
   * one computes.
   */
  List<List<Step>> divided(int parts) {
    long all = chains.stream().mapToLong(Preparation::bytes).sum();
    List<List<Step>> divided = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      divided.add(new ArrayList<>());
    }
    long before = 0;
    for (List<FusedStep> chain : chains) {
      divided.get((int) (before * parts / all)).addAll(chain);
      before += bytes(chain);
    }
    return divided;
  }

  private static long bytes(List<FusedStep> chain) {
    return chain.stream()
        .map(step -> step.outputs.get(0))
        .mapToLong(value -> value.length() * value.type.width())
        .sum();
  }
}
