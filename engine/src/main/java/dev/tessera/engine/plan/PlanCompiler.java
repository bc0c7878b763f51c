package dev.tessera.engine.plan;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.onednn.OneDnn;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Graph in, plan out. */
final class PlanCompiler {
  private final ModelGraph model;
  private final SameDiff graph;
  private final Map<String, INDArray> placeholders = new LinkedHashMap<>();
  private final Map<String, String> gradientNames = new LinkedHashMap<>();
  private final Set<Value> parameters = new HashSet<>();

  /**
   * @param loss what to differentiate, or null for a plan that only runs forward
   * @param parameters what to differentiate for
   */
  PlanCompiler(ModelGraph model, @Nullable GraphTensor loss, Collection<String> parameters) {
    this.model = model;
    graph =
        loss == null
            ? model.sameDiff()
            : Differentiation.gradientGraph(model.sameDiff(), loss.name(), parameters);
    for (String parameter : loss == null ? List.<String>of() : parameters) {
      // Asked, not guessed: a gradient that two variables share has a name of its own.
      SDVariable gradient = graph.getVariable(parameter).getGradient();
      if (gradient == null) {
        throw new IllegalArgumentException(
            "the loss " + loss + " does not depend on parameter " + parameter);
      }
      gradientNames.put(parameter, gradient.name());
    }
  }

  Plan compile(Collection<String> outputs) {
    Set<String> targets = new HashSet<>(gradientNames.values());
    targets.addAll(outputs);
    OneDnn dnn = model.execution().operations() == Execution.Operations.FUSED ? new OneDnn() : null;
    List<SameDiffOp> order = new GraphOrder(graph).of(targets);
    Lowering lowering = new Lowering(graph, leaves(), dnn);
    order.forEach(lowering::lower);
    Set<Value> kept = new HashSet<>();
    outputs.forEach(name -> kept.add(lowering.value(name).root));
    Map<String, Value> gradientValues = new LinkedHashMap<>();
    ParameterStore store = model.store();
    FlatMemory flat = new FlatMemory(store.type(), 0);
    flat.reserve(gradientNames.isEmpty() ? 0 : store.memory().extent());
    gradientNames.forEach(
        (parameter, name) -> {
          // Whoever reads a gradient may overwrite it, so nothing else is in its array.
          Value value = lowering.value(name);
          boolean alone = !value.isFixed() && value.isDense() && kept.add(value.root);
          Value own = alone ? value : lowering.copy(name + " of " + parameter, value);
          kept.add(own.root);
          own.root.home = flat.buffer(store.offset(parameter), own.length());
          gradientValues.put(parameter, own);
        });
    List<Step> all = Mergers.merge(live(lowering.steps(), kept), kept);
    Preparation preparation = Preparation.of(all, parameters, kept, model.store());
    List<Step> steps = new ArrayList<>(all);
    steps.removeAll(preparation.steps());
    BufferAssignment buffers = new BufferAssignment(steps, kept);
    all.forEach(Step::bind);

    Map<String, INDArray> results = new HashMap<>();
    outputs.forEach(name -> results.put(name, lowering.value(name).bind()));
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    gradientValues.forEach((parameter, value) -> gradients.put(parameter, value.bind()));
    String summary =
        String.format(
            "%d operations, %d needed; %s; %d steps; %.1f MB of results in %.1f MB",
            graph.getOps().size(),
            order.size(),
            lowering.summary(),
            all.size(),
            buffers.unsharedBytes() / 1e6,
            buffers.bytes() / 1e6);
    return new Plan(
        preparation, steps, placeholders, results, gradients, flat, summary, buffers.bytes());
  }

  /** Placeholders, parameters and constants: everything that no operation computes. */
  private Map<String, Value> leaves() {
    Map<String, Value> leaves = new HashMap<>();
    SameDiff forward = model.sameDiff();
    Set<String> changing = new HashSet<>(model.parameters());
    changing.addAll(model.borrowed());
    changing.addAll(model.states());
    for (SDVariable variable : graph.variables()) {
      String name = variable.name();
      if (variable.getVariableType() == VariableType.ARRAY) {
        continue;
      }
      GraphTensor placeholder = model.placeholders().get(name);
      if (placeholder != null) {
        INDArray array = Nd4j.create(variable.dataType(), placeholder.shape(), 'c');
        placeholders.put(name, array);
        leaves.put(name, new Value(name, array, false));
        continue;
      }
      // The gradient graph holds copies; the parameters' own arrays live in the forward graph.
      INDArray array =
          forward.hasVariable(name) ? forward.getVariable(name).getArr() : variable.getArr();
      if (array != null) {
        Value leaf = new Value(name, array, !changing.contains(name));
        leaves.put(name, leaf);
        if (!leaf.constant) {
          parameters.add(leaf);
        }
      }
    }
    return leaves;
  }

  /** Without the steps whose results nobody reads any more. */
  private static List<Step> live(List<Step> steps, Set<Value> kept) {
    Set<Value> read = new HashSet<>(kept);
    List<Step> live = new ArrayList<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      if (step.outputs.stream().anyMatch(read::contains)) {
        step.inputs.forEach(input -> read.add(input.root));
        live.add(0, step);
      }
    }
    return live;
  }
}
