package dev.tessera.engine.graph;

import dev.tessera.engine.fused.FusedOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.array.SingleThreadArrayHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A SameDiff graph under construction, with fixed shapes and parameters from a shared store. */
public final class ModelGraph {
  private final SameDiff sameDiff = empty();
  private final ParameterStore store;
  private final DataType type;
  private final Execution execution;
  private final Ops ops;
  private final Map<String, GraphTensor> parameters = new LinkedHashMap<>();
  private final Map<String, GraphTensor> states = new LinkedHashMap<>();
  private final List<String> borrowed = new ArrayList<>();
  private final Map<String, GraphTensor> placeholders = new LinkedHashMap<>();

  /** A graph over plain operations, in FLOAT or DOUBLE. */
  public ModelGraph(ParameterStore store, DataType type) {
    this.store = store;
    this.type = type;
    this.execution = Execution.plain();
    this.ops = new PlainOps(this);
  }

  /** A graph to be computed in a given way. */
  public ModelGraph(ParameterStore store, Execution execution) {
    this.store = store;
    this.type = DataType.FLOAT;
    this.execution = execution;
    Ops plain = new PlainOps(this);
    this.ops =
        execution.operations() == Execution.Operations.FUSED
            ? new FusedOps(sameDiff, plain, execution.precision())
            : plain;
  }

  /** How the graph is to be computed. */
  public Execution execution() {
    return execution;
  }

  private static SameDiff empty() {
    SameDiff sameDiff = SameDiff.create();
    // The default holders keep a copy of every parameter and constant, for other devices.
    sameDiff.setArrayHolders(new SingleThreadArrayHolder(), new SingleThreadArrayHolder(), false);
    return sameDiff;
  }

  /** The operations to build with. */
  public Ops ops() {
    return ops;
  }

  /** Where the parameters are. */
  public ParameterStore store() {
    return store;
  }

  /**
   * The parameter {@code name}, created in the store if it is new there. May be asked for several
   * times: then it is used in several places, and its gradients add up.
   */
  public GraphTensor parameter(String name, Initialiser initialiser, long... shape) {
    INDArray array = store.declare(name, initialiser, shape);
    return parameters.computeIfAbsent(
        name, fresh -> new GraphTensor(sameDiff.var(fresh, array), shape));
  }

  /**
   * A state of the model, created in the store if it is new there: read at each execution like a
   * parameter, but never differentiated for. May be asked for several times.
   */
  public GraphTensor state(String name, Initialiser initialiser, long... shape) {
    INDArray array = store.declareState(name, initialiser, shape);
    return states.computeIfAbsent(
        name, fresh -> new GraphTensor(sameDiff.var(fresh, array), shape));
  }

  /**
   * The parameter {@code name} of another store, created there if it is new. The graph computes
   * with what it is at each execution, but it is none of the graph's own {@link #parameters}: to
   * differentiate for it is another graph's task.
   */
  public GraphTensor borrowed(
      ParameterStore owner, String name, Initialiser initialiser, long... shape) {
    INDArray array = owner.declare(name, initialiser, shape);
    borrowed.add(name);
    return new GraphTensor(sameDiff.var(name, array), shape);
  }

  /** Real numbers given at each execution. */
  public GraphTensor placeholder(String name, long... shape) {
    return placeholder(name, type, shape);
  }

  /** Whole numbers (INT32) given at each execution. */
  public GraphTensor indices(String name, long... shape) {
    return placeholder(name, DataType.INT32, shape);
  }

  private GraphTensor placeholder(String name, DataType placeholderType, long... shape) {
    GraphTensor tensor = new GraphTensor(sameDiff.placeHolder(name, placeholderType, shape), shape);
    placeholders.put(name, tensor);
    return tensor;
  }

  /** Numbers that never change, row-major. */
  public GraphTensor constant(float[] values, long... shape) {
    INDArray array = Nd4j.create(type, shape, 'c');
    HostCopy.write(values, array);
    return new GraphTensor(sameDiff.constant(array), shape);
  }

  /** Whole numbers (INT32) that never change, row-major. */
  public GraphTensor constant(int[] values, long... shape) {
    INDArray array = Nd4j.create(DataType.INT32, shape, 'c');
    HostCopy.write(values, array);
    return new GraphTensor(sameDiff.constant(array), shape);
  }

  /** SameDiff's own graph, for the compiler of plans and for tests. */
  public SameDiff sameDiff() {
    return sameDiff;
  }

  /** FLOAT, or DOUBLE where a test compares gradients with differences. */
  DataType type() {
    return type;
  }

  /** Names of the parameters that this graph uses, in order of declaration. */
  public List<String> parameters() {
    return List.copyOf(parameters.keySet());
  }

  /** Names of the states that this graph reads. */
  public List<String> states() {
    return List.copyOf(states.keySet());
  }

  /** Names of other stores' parameters that this graph reads, in order of declaration. */
  public List<String> borrowed() {
    return List.copyOf(borrowed);
  }

  /** Placeholders by name. */
  public Map<String, GraphTensor> placeholders() {
    return java.util.Collections.unmodifiableMap(placeholders);
  }
}
