package dev.tessera.engine.plan;

import dev.tessera.engine.fused.Division;
import dev.tessera.engine.fused.Elementary;
import dev.tessera.engine.fused.FusedKernel;
import dev.tessera.engine.fused.FusedOperation;
import dev.tessera.engine.fused.TensorType;
import dev.tessera.engine.onednn.OneDnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseTransformOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns the operations of a graph into steps, one after another. What needs no step gets none:
 * constants and shapes are computed here and now, reshapes and permutations become views, neutral
 * operations and repetitions of earlier ones become other names for an existing value.
 */
final class Lowering implements BackwardRules.Sink {
  /** Operations that read the shape of their input, never its elements. */
  private static final Set<String> SHAPE_ONLY =
      Set.of(
          "shape_of",
          "zeros_like",
          "ones_like",
          "zeros_as",
          "ones_as",
          "zeroslike",
          "oneslike",
          "rank",
          "size",
          "size_at");

  private static final Set<String> RESHAPES = Set.of("reshape", "expand_dims", "squeeze");

  private final SameDiff graph;
  private final @Nullable OneDnn dnn;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<List<Object>, List<Value>> computed = new HashMap<>();
  private final Map<DataType, DataBuffer> standInBuffers = new HashMap<>();
  private int folded;
  private int views;
  private int aliases;

  /**
   * @param dnn for fused operations; null if the graph has none
   */
  Lowering(SameDiff graph, Map<String, Value> leaves, @Nullable OneDnn dnn) {
    this.graph = graph;
    this.dnn = dnn;
    values.putAll(leaves);
  }

  /** The value of a variable that was lowered. */
  Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("nothing computes " + name);
    }
    return value;
  }

  List<Step> steps() {
    return steps;
  }

  String summary() {
    return folded + " computed at compile time, " + views + " views, " + aliases + " aliases";
  }

  void lower(SameDiffOp graphOperation) {
    DifferentialFunction operation = graphOperation.getOp();
    List<String> outputNames = graphOperation.getOutputsOfOp();
    List<Value> inputs = new ArrayList<>();
    for (String name : GraphOrder.inputs(graphOperation)) {
      inputs.add(value(name));
    }
    if (operation instanceof FusedOperation fused) {
      lowerFused(graphOperation.getName(), fused, inputs, outputNames);
      return;
    }
    String kind = operation.opName();
    if (kind.equals("identity")) {
      alias(outputNames.get(0), inputs.get(0));
      return;
    }
    OpContext context =
        OperationContexts.of(operation, inputs.stream().map(this::standIn).toList());
    List<LongShapeDescriptor> shapes = OperationContexts.outputShapes(operation, context);
    if (SHAPE_ONLY.contains(kind) || inputs.stream().allMatch(input -> input.constant)) {
      fold(operation, context, shapes, outputNames);
      return;
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < outputNames.size(); i++) {
      String name = outputNames.get(i);
      // A wish for column-major order is ignored: row-major results are right too.
      outputs.add(new Value(name, graph.getVariable(name).dataType(), shapes.get(i).getShape()));
    }
    Value first = inputs.get(0);
    Value out = outputs.get(0);
    if (RESHAPES.contains(kind) && first.isDense() && first.type == out.type) {
      view(first.view(out.name, out.shape, Value.rowMajor(out.shape)));
    } else if (kind.equals("permute") && first.isDense()) {
      view(first.view(out.name, out.shape, permuted((DynamicCustomOp) operation, inputs)));
    } else {
      Value same = neutral(kind, inputs, out);
      if (same != null) {
        alias(out.name, same);
      } else if (!BackwardRules.apply(operation, inputs, outputs, this)) {
        compute(graphOperation.getName(), operation, inputs, outputs);
      }
    }
  }

  private void lowerFused(
      String name, FusedOperation node, List<Value> inputs, List<String> outputNames) {
    FusedKernel kernel = node.kernel();
    if (kernel.repeatedInput() >= 0) {
      alias(outputNames.get(0), inputs.get(kernel.repeatedInput()));
      return;
    }
    List<TensorType> types = node.resultTypes();
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      outputs.add(new Value(outputNames.get(i), types.get(i).type(), types.get(i).shape()));
    }
    List<Value> dense =
        inputs.stream().map(value -> value.isDense() ? value : copy(value.name, value)).toList();
    Optional<Division> division = kernel.divided(node.inputTypes());
    if (division.isPresent()) {
      lowerDivided(name, division.get(), node.inputTypes(), dense, outputs);
    } else {
      compute(
          identity(node, dense), outputs, fused(name, kernel, node.inputTypes(), dense, outputs));
    }
  }

  private void lowerDivided(
      String name,
      Division division,
      List<TensorType> inputTypes,
      List<Value> inputs,
      List<Value> outputs) {
    Value input = inputs.get(division.input());
    TensorType inputType = inputTypes.get(division.input());
    TensorType madeType = division.first().results(List.of(inputType)).get(0);
    Value made = new Value(input.name + " for " + name, madeType.type(), madeType.shape());
    List<Value> first = List.of(input);
    compute(
        identity(division.first(), first),
        List.of(made),
        fused(made.name, division.first(), List.of(inputType), first, List.of(made)));
    List<Value> rest = new ArrayList<>(inputs);
    rest.set(division.input(), value(made.name));
    List<TensorType> restTypes = new ArrayList<>(inputTypes);
    restTypes.set(division.input(), madeType);
    compute(
        identity(division.rest(), rest),
        outputs,
        fused(name, division.rest(), restTypes, rest, outputs));
  }

  private static List<Object> identity(FusedKernel kernel, List<Value> inputs) {
    return List.of(kernel, inputs);
  }

  private Step fused(
      String name,
      FusedKernel kernel,
      List<TensorType> inputTypes,
      List<Value> inputs,
      List<Value> outputs) {
    OneDnn own = Objects.requireNonNull(dnn, "a graph with fused operations needs oneDNN");
    return FusedStep.of(name, own, kernel, inputTypes, inputs, outputs);
  }

  @Override
  public void alias(Value output, Value value) {
    alias(output.name, value);
  }

  @Override
  public void step(DifferentialFunction operation, List<Value> inputs, Value output) {
    compute(output.name, operation, inputs, List.of(output));
  }

  private void alias(String name, Value value) {
    aliases++;
    values.put(name, value);
  }

  private void view(Value value) {
    views++;
    values.put(value.name, value);
  }

  /** Adds a step, unless the same was computed before. */
  private void compute(
      String name, DifferentialFunction operation, List<Value> inputs, List<Value> outputs) {
    compute(identity(operation, inputs), outputs, step(name, operation, inputs, outputs));
  }

  /** In a graph with fused operations, sums of gradients and the like are fused ones too. */
  private Step step(
      String name, DifferentialFunction operation, List<Value> inputs, List<Value> outputs) {
    if (dnn != null && inputs.size() == 2 && inputs.stream().allMatch(Value::isDense)) {
      List<TensorType> types = inputs.stream().map(Lowering::type).toList();
      Optional<FusedKernel> kernel =
          Elementary.kernel(operation.opName(), types.get(0), types.get(1), type(outputs.get(0)));
      if (kernel.isPresent()) {
        return fused(name, kernel.get(), types, inputs, outputs);
      }
    }
    return new Nd4jStep(name, operation, inputs, outputs);
  }

  private static TensorType type(Value value) {
    return new TensorType(value.type, value.shape);
  }

  private void compute(List<Object> key, List<Value> outputs, Step step) {
    List<Value> earlier = key.isEmpty() ? null : computed.putIfAbsent(key, outputs);
    for (int i = 0; i < outputs.size(); i++) {
      if (earlier != null) {
        alias(outputs.get(i).name, earlier.get(i));
      } else {
        values.put(outputs.get(i).name, outputs.get(i));
      }
    }
    if (earlier == null) {
      steps.add(step);
    }
  }

  /** Adds a step that copies a value to storage of its own. */
  Value copy(String name, Value value) {
    Value copy = new Value(name, value.type, value.shape);
    DynamicCustomOp identity = DynamicCustomOp.builder("identity").build();
    steps.add(new Nd4jStep(name, identity, List.of(value), List.of(copy)));
    return copy;
  }

  /** What decides an operation's result; empty where that cannot be told. */
  private static List<Object> identity(DifferentialFunction operation, List<Value> inputs) {
    if (operation instanceof DynamicCustomOp custom) {
      return List.of(
          operation.opName(),
          Arrays.toString(custom.iArgs()),
          Arrays.toString(custom.tArgs()),
          Arrays.toString(custom.bArgs()),
          Arrays.toString(custom.dArgs()),
          inputs);
    }
    if (operation instanceof BaseTransformOp transform && transform.extraArgs() == null) {
      return List.of(operation.getClass(), inputs);
    }
    return List.of();
  }

  private static long[] permuted(DynamicCustomOp operation, List<Value> inputs) {
    long[] dense = inputs.get(0).stride;
    long[] axes =
        operation.iArgs().length == dense.length
            ? operation.iArgs()
            : inputs.get(1).bind().toLongVector();
    long[] stride = new long[dense.length];
    for (int i = 0; i < stride.length; i++) {
      stride[i] = dense[(int) axes[i]];
    }
    return stride;
  }

  /** The input that x + 0 or x · 1 equals, or null. */
  private static @Nullable Value neutral(String kind, List<Value> inputs, Value out) {
    boolean sum = kind.equals("add");
    if (inputs.size() != 2 || !(sum || kind.equals("multiply"))) {
      return null;
    }
    double unit = sum ? 0 : 1;
    for (int i = 0; i < 2; i++) {
      Value other = inputs.get(1 - i);
      if (inputs.get(i).constant
          && Arrays.equals(other.shape, out.shape)
          && isFilledWith(inputs.get(i).bind(), unit)) {
        return other;
      }
    }
    return null;
  }

  private static boolean isFilledWith(INDArray array, double number) {
    return array.minNumber().doubleValue() == number && array.maxNumber().doubleValue() == number;
  }

  /**
   * An array of the value's shape: its own if it has one, otherwise one over a buffer that all
   * unknown values share. Shape functions look at shapes, and at elements of known values only.
   */
  private INDArray standIn(Value value) {
    INDArray known = value.known();
    if (known != null) {
      return known;
    }
    DataBuffer buffer = standInBuffers.get(value.type);
    if (buffer == null || buffer.length() < value.length()) {
      buffer = Nd4j.createBuffer(value.type, Math.max(1, value.length()), false);
      standInBuffers.put(value.type, buffer);
    }
    return Nd4j.create(buffer, value.shape, Value.rowMajor(value.shape), 0, 'c', value.type);
  }

  private void fold(
      DifferentialFunction operation,
      OpContext context,
      List<LongShapeDescriptor> shapes,
      List<String> names) {
    folded++;
    for (int i = 0; i < names.size(); i++) {
      DataType type = graph.getVariable(names.get(i)).dataType();
      context.setOutputArray(i, Nd4j.createUninitialized(type, shapes.get(i).getShape()));
    }
    if (operation instanceof CustomOp custom) {
      Nd4j.getExecutioner().exec(custom, context);
    } else {
      Nd4j.getExecutioner().exec((Op) operation, context);
    }
    for (int i = 0; i < names.size(); i++) {
      values.put(names.get(i), new Value(names.get(i), context.getOutputArray(i), true));
    }
  }
}
