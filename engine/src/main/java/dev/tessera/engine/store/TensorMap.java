package dev.tessera.engine.store;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tensors by name, in the order in which they were put. Not safe for use by several threads. */
public final class TensorMap {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, DataType> types = new HashMap<>();

  /**
   * Adds a tensor, of which files keep all bits.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public void put(String name, Tensor tensor) {
    add(name, tensor, DataType.F32);
  }

  /**
   * Adds a tensor, rounded to what files keep of it, so that none loses anything.
   *
   * @param type of its values in files
   * @throws IllegalArgumentException if the name is taken
   */
  public void put(String name, Tensor tensor, DataType type) {
    add(name, tensor.rounded(type), type);
  }

  /** Adds a tensor all of whose values are of a type. */
  void add(String name, Tensor tensor, DataType type) {
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("tensor \"%s\" is there already".formatted(name));
    }
    types.put(name, type);
  }

  /**
   * The type of a tensor's values in files.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public DataType type(String name) {
    DataType type = types.get(name);
    if (type == null) {
      throw absent(name);
    }
    return type;
  }

  /**
   * The tensor of a name, whatever its shape.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw absent(name);
    }
    return tensor;
  }

  private IllegalArgumentException absent(String name) {
    return new IllegalArgumentException(
        "tensor \"%s\" is absent; %d others are there".formatted(name, tensors.size()));
  }

  /**
   * The tensor of a name.
   *
   * @throws IllegalArgumentException if there is none, or if it has another shape
   */
  public Tensor get(String name, long... expectedShape) {
    Tensor tensor = get(name);
    if (!Arrays.equals(tensor.shape(), expectedShape)) {
      throw new IllegalArgumentException(
          "tensor \"%s\" has shape %s, but must have %s"
              .formatted(name, Arrays.toString(tensor.shape()), Arrays.toString(expectedShape)));
    }
    return tensor;
  }

  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /** The names in order; a view that cannot be changed. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Names and tensors in order; a view that cannot be changed. */
  public Map<String, Tensor> asMap() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public String toString() {
    return tensors.toString();
  }
}
