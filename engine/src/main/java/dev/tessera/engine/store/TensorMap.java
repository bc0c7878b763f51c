package dev.tessera.engine.store;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tensors by name, in the order in which they were put. Not safe for use by several threads. */
public final class TensorMap {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * Adds a tensor.
   *
   * @throws IllegalArgumentException if the name is taken
   */
  public void put(String name, Tensor tensor) {
    if (tensors.putIfAbsent(name, tensor) != null) {
      throw new IllegalArgumentException("tensor \"%s\" is there already".formatted(name));
    }
  }

  /**
   * The tensor of a name, whatever its shape.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "tensor \"%s\" is absent; %d others are there".formatted(name, tensors.size()));
    }
    return tensor;
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
