package dev.tessera.transformer.bundle;

import dev.tessera.engine.store.DataType;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import java.util.Map;

/**
 * Weights in half the bytes: those of products, and the table of the tokens of stage 2. Only these
 * are rounded. They are most of a model, and a decoder of stage 2 that multiplies such numbers
 * rounds them itself, so that it draws the same tokens.
 */
final class CompactWeights {
  private static final String OF_A_PRODUCT = "/weight";
  private static final String TABLE_OF_TOKENS = "token_embedding";

  private CompactWeights() {}

  /**
   * The same tensors, matrices and kernels of products and the table of tokens rounded.
   *
   * @param type F16 or BF16
   * @throws IllegalArgumentException if a number is too large for the type
   */
  static TensorMap of(TensorMap weights, DataType type) {
    TensorMap compact = new TensorMap();
    for (Map.Entry<String, Tensor> entry : weights.asMap().entrySet()) {
      String name = entry.getKey();
      Tensor tensor = entry.getValue();
      if (!name.endsWith(OF_A_PRODUCT) && !name.equals(TABLE_OF_TOKENS)) {
        compact.put(name, tensor, weights.type(name));
        continue;
      }
      compact.put(name, tensor, type);
      requireFinite(name, type, tensor.data(), compact.get(name).data());
    }
    return compact;
  }

  private static void requireFinite(String name, DataType type, float[] values, float[] rounded) {
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i]) && !Float.isFinite(rounded[i])) {
        throw new IllegalArgumentException(
            "tensor \"%s\" holds %s, which is too large for %s".formatted(name, values[i], type));
      }
    }
  }
}
