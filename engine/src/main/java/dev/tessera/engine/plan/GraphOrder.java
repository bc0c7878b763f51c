package dev.tessera.engine.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/** Finds the operations that some variables need, inputs before users. */
final class GraphOrder {
  private final SameDiff graph;
  private final Map<String, Integer> created = new HashMap<>();

  GraphOrder(SameDiff graph) {
    this.graph = graph;
    for (String name : graph.getOps().keySet()) {
      created.put(name, created.size());
    }
  }

  /** A topological order, as near as possible to the order of creation. */
  List<SameDiffOp> of(Collection<String> targets) {
    Set<String> needed = needed(targets);
    Map<String, Integer> waitingFor = new HashMap<>();
    Map<String, List<String>> users = new HashMap<>();
    PriorityQueue<String> ready =
        new PriorityQueue<>(Comparator.comparingInt(name -> created.getOrDefault(name, 0)));
    for (String name : needed) {
      Set<String> before = producers(operation(name));
      waitingFor.put(name, before.size());
      before.forEach(b -> users.computeIfAbsent(b, key -> new ArrayList<>()).add(name));
      if (before.isEmpty()) {
        ready.add(name);
      }
    }
    List<SameDiffOp> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      String name = ready.remove();
      order.add(operation(name));
      for (String user : users.getOrDefault(name, List.of())) {
        if (waitingFor.merge(user, -1, Integer::sum) == 0) {
          ready.add(user);
        }
      }
    }
    if (order.size() != needed.size()) {
      throw new IllegalStateException("the graph has a cycle");
    }
    return order;
  }

  private Set<String> needed(Collection<String> targets) {
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(targets);
    while (!open.isEmpty()) {
      String producer = producer(open.pop());
      if (producer != null && needed.add(producer)) {
        open.addAll(inputs(operation(producer)));
      }
    }
    return needed;
  }

  private Set<String> producers(SameDiffOp operation) {
    if (operation.getControlDeps() != null && !operation.getControlDeps().isEmpty()) {
      throw new UnsupportedOperationException(
          operation.getName() + " has a control dependency, which plans do not know");
    }
    Set<String> producers = new HashSet<>();
    for (String input : inputs(operation)) {
      String producer = producer(input);
      if (producer != null) {
        producers.add(producer);
      }
    }
    return producers;
  }

  private @Nullable String producer(String variable) {
    return Objects.requireNonNull(graph.getVariables().get(variable), variable).getOutputOfOp();
  }

  private SameDiffOp operation(String name) {
    return Objects.requireNonNull(graph.getOps().get(name), name);
  }

  /** Names of an operation's inputs; SameDiff has null for none. */
  static List<String> inputs(SameDiffOp operation) {
    List<String> inputs = operation.getInputsToOp();
    return inputs == null ? List.of() : inputs;
  }
}
