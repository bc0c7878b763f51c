package dev.tessera.transformer.decode;

/** Where trained weights come from. */
@FunctionalInterface
public interface WeightSource {
  /**
   * The values of one tensor.
   *
   * @param name such as {@code block0/attention/qkv/weight}
   * @param shape what the tensor must have
   * @return as many values as the shape has elements, in row-major order
   */
  float[] read(String name, long... shape);
}
