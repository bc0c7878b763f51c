package dev.tessera.engine.fused;

/** Every kernel that a graph may name. */
public enum FusedKind {
  CAST,
  LINEAR,
  LINEAR_INPUT_GRADIENT,
  LINEAR_WEIGHT_GRADIENTS,
  PACK,
  PACKED_PRODUCT,
  LAYER_NORM,
  LAYER_NORM_GRADIENTS,
  ELEMENTWISE,
  ELEMENTWISE_GRADIENT,
  BINARY,
  SOFTMAX,
  SOFTMAX_GRADIENT,
  TOTAL,
  SPREAD,
  ATTENTION,
  ATTENTION_GRADIENT,
  HEAD_NORM,
  HEAD_NORM_GRADIENTS,
  ROTARY,
  EMBEDDING,
  EMBEDDING_GRADIENT,
  RANGED_CROSS_ENTROPY,
  RANGED_CROSS_ENTROPY_GRADIENTS,
  STRAIGHT_THROUGH,
  CONVOLUTION,
  CONVOLUTION_INPUT_GRADIENT,
  CONVOLUTION_WEIGHT_GRADIENTS,
  SHUFFLE,
  NEAREST,
  INNER_PRODUCTS;

  /** The kernel of this kind with these attributes. */
  FusedKernel decode(long[] attributes) {
    return switch (this) {
      case CAST -> Cast.decode(attributes);
      case LINEAR -> Linear.decode(attributes);
      case LINEAR_INPUT_GRADIENT -> new Linear.InputGradient();
      case LINEAR_WEIGHT_GRADIENTS -> Linear.WeightGradients.decode(attributes);
      case PACK -> PackedProduct.Pack.decode(attributes);
      case PACKED_PRODUCT -> PackedProduct.decode(attributes);
      case LAYER_NORM -> LayerNorm.decode(attributes);
      case LAYER_NORM_GRADIENTS -> new LayerNorm.Gradients();
      case ELEMENTWISE -> Elementwise.decode(attributes);
      case ELEMENTWISE_GRADIENT -> Elementwise.Gradient.decode(attributes);
      case BINARY -> Binary.decode(attributes);
      case SOFTMAX -> Softmax.decode(attributes);
      case SOFTMAX_GRADIENT -> Softmax.Gradient.decode(attributes);
      case TOTAL -> Total.decode(attributes);
      case SPREAD -> Total.Spread.decode(attributes);
      case ATTENTION -> Attention.decode(attributes);
      case ATTENTION_GRADIENT -> Attention.Gradient.decode(attributes);
      case HEAD_NORM -> HeadNorm.decode(attributes);
      case HEAD_NORM_GRADIENTS -> HeadNorm.Gradients.decode(attributes);
      case ROTARY -> Rotary.decode(attributes);
      case EMBEDDING -> new Embedding();
      case EMBEDDING_GRADIENT -> Embedding.Gradient.decode(attributes);
      case RANGED_CROSS_ENTROPY -> RangedCrossEntropy.decode(attributes);
      case RANGED_CROSS_ENTROPY_GRADIENTS -> RangedCrossEntropy.Gradients.decode(attributes);
      case STRAIGHT_THROUGH -> new StraightThrough();
      case CONVOLUTION -> Convolution.decode(attributes);
      case CONVOLUTION_INPUT_GRADIENT -> Convolution.InputGradient.decode(attributes);
      case CONVOLUTION_WEIGHT_GRADIENTS -> Convolution.WeightGradients.decode(attributes);
      case SHUFFLE -> Shuffle.decode(attributes);
      case NEAREST -> new Nearest();
      case INNER_PRODUCTS -> new InnerProducts();
    };
  }
}
