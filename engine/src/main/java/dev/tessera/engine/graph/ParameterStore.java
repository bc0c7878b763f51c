package dev.tessera.engine.graph;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The named parameters of a model, in the order in which its graph declared them. Several graphs
 * share one store: the first that declares a parameter creates it, the others get the same array.
 *
 * <p>Some are a state: graphs read them and they belong to the model, but no gradient touches them.
 *
 * <p>All parameters lie in one {@link #memory}, each at its {@link #offset}.
 */
public final class ParameterStore {
  private final long seed;
  private final DataType type;
  private final @Nullable TensorMap trained;
  private final FlatMemory memory;
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private final Set<String> states = new LinkedHashSet<>();
  private final Map<DataType, FlatMemory> derivedMemory = new EnumMap<>(DataType.class);
  private final Map<Object, INDArray> derived = new HashMap<>();

  /**
   * @param seed decides the first values; each parameter draws from a stream of its own
   * @param type FLOAT, or DOUBLE where a test compares gradients with differences
   */
  public ParameterStore(long seed, DataType type) {
    this.seed = seed;
    this.type = type;
    this.trained = null;
    this.memory = new FlatMemory(type, 0);
  }

  /** A store of trained weights: a graph finds all its parameters there, or fails. */
  public ParameterStore(TensorMap trained) {
    this.seed = 0;
    this.type = DataType.FLOAT;
    this.trained = trained;
    this.memory =
        new FlatMemory(
            type,
            trained.asMap().values().stream()
                .mapToLong(tensor -> FlatMemory.padded(type, tensor.data().length))
                .sum());
  }

  /** The array of a parameter, created on first use. */
  INDArray declare(String name, Initialiser initialiser, long... shape) {
    INDArray known = arrays.get(name);
    if (known != null) {
      if (!Arrays.equals(known.shape(), shape)) {
        throw new IllegalArgumentException(
            String.format(
                "parameter %s has shape %s, but is declared again with %s",
                name, Arrays.toString(known.shape()), Arrays.toString(shape)));
      }
      return known;
    }
    float[] values =
        trained == null ? drawn(name, initialiser, shape) : trained.get(name, shape).data();
    long offset = memory.reserve(values.length);
    DataBuffer buffer = memory.buffer(offset, values.length);
    INDArray array = Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), 0, 'c', type);
    HostCopy.write(values, array);
    arrays.put(name, array);
    offsets.put(name, offset);
    return array;
  }

  /** The array of a state, created on first use. */
  INDArray declareState(String name, Initialiser initialiser, long... shape) {
    if (arrays.containsKey(name) && !states.contains(name)) {
      throw new IllegalArgumentException("parameter " + name + " is declared again as a state");
    }
    INDArray array = declare(name, initialiser, shape);
    states.add(name);
    return array;
  }

  private float[] drawn(String name, Initialiser initialiser, long... shape) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    initialiser.fill(values, new CounterRandom(seed, "initialise " + name, 0));
    return values;
  }

  /** Names in order of declaration, states included. */
  public Set<String> names() {
    return java.util.Collections.unmodifiableSet(arrays.keySet());
  }

  /** Names of what gradients train, in order of declaration: all but the states. */
  public Set<String> trainable() {
    Set<String> trainable = new LinkedHashSet<>(arrays.keySet());
    trainable.removeAll(states);
    return trainable;
  }

  /** The live array of a parameter. */
  public INDArray array(String name) {
    INDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("there is no parameter " + name);
    }
    return array;
  }

  /** Where all parameters are. */
  public FlatMemory memory() {
    return memory;
  }

  /** Which number of the {@link #memory} is the first of a parameter. */
  public long offset(String name) {
    Long offset = offsets.get(name);
    if (offset == null) {
      throw new IllegalArgumentException("there is no parameter " + name);
    }
    return offset;
  }

  /**
   * An array for what is computed from parameters alone, the same for all who ask with an equal
   * key; whoever reads it has it computed before, at each run.
   *
   * @param key what is computed from what
   */
  public INDArray derived(Object key, DataType type, long... shape) {
    return derived.computeIfAbsent(
        key,
        absent -> {
          FlatMemory memory = derivedMemory.computeIfAbsent(type, t -> new FlatMemory(t, 0));
          long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
          DataBuffer buffer = memory.buffer(memory.reserve(length), length);
          return Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), 0, 'c', type);
        });
  }

  /** FLOAT or DOUBLE. */
  public DataType type() {
    return type;
  }

  /** Number of elements over all parameters. */
  public long length() {
    return arrays.values().stream().mapToLong(INDArray::length).sum();
  }

  /** Overwrites one parameter or state, row-major. */
  public void write(String name, float[] values) {
    HostCopy.write(values, array(name));
  }

  /** A copy of all values. */
  public TensorMap toTensors() {
    TensorMap tensors = new TensorMap();
    arrays.forEach((name, array) -> tensors.put(name, HostCopy.tensor(array)));
    return tensors;
  }

  /**
   * Overwrites every parameter.
   *
   * @throws IllegalArgumentException if a parameter is missing or has another shape
   */
  public void load(TensorMap tensors) {
    arrays.forEach(
        (name, array) -> {
          Tensor tensor = tensors.get(name, array.shape());
          HostCopy.write(tensor.data(), array);
        });
  }
}
