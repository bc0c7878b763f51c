package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a decoder keeps the weights of its matrix products. Everything else is in f32. */
public enum WeightFormat {
  /** As they were trained: plain Java, the reference for the others, and without native code. */
  F32,
  /** Rounded to bfloat16, products by oneDNN with sums in f32: half the memory to read. */
  BF16;

  private static final Logger LOG = LoggerFactory.getLogger(WeightFormat.class);

  /** BF16 where the processor multiplies such numbers itself, F32 elsewhere. Loads oneDNN. */
  public static WeightFormat best() {
    if (!OneDnn.isAvailable()) {
      LOG.info("oneDNN does not load here: tokens are decoded in plain Java, in f32");
      return F32;
    }
    return OneDnn.multipliesBfloat16() ? BF16 : F32;
  }

  /** The format in which products have the precision of graphs that are computed so. */
  public static WeightFormat of(Execution execution) {
    return switch (execution.precision()) {
      case F32 -> F32;
      case BF16 -> BF16;
    };
  }

  /** What each member of a team computes products with. */
  Products[] products(TransformerConfig config, TransformerWeights weights, int rows, int members) {
    Products[] products = new Products[members];
    if (this == F32) {
      PlainProducts.Shared shared = new PlainProducts.Shared(config, rows);
      Arrays.setAll(products, m -> new PlainProducts(config, weights, shared, rows, m, members));
    } else {
      OneDnn dnn = new OneDnn();
      PackedWeights packed = PackedWeights.pack(dnn, config, weights);
      PackedProducts.Shared shared = new PackedProducts.Shared(dnn, config, rows);
      Arrays.setAll(products, m -> new PackedProducts(config, packed, shared, rows, m, members));
    }
    return products;
  }
}
