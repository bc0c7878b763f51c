package dev.tessera.engine.graph;

import java.util.List;

/**
 * The operations that model graphs are made of. All tensors are row-major; pictures are NHWC.
 *
 * <p>Every method throws {@link IllegalArgumentException} if shapes do not fit.
 */
public interface Ops {

  /** x·W + b: [N, I] × [I, O] + [O] → [N, O]. */
  GraphTensor linear(GraphTensor x, GraphTensor weight, GraphTensor bias);

  /** x·W: [N, I] × [I, O] → [N, O]. */
  GraphTensor project(GraphTensor x, GraphTensor weight);

  /**
   * x·Rᵀ, the inner products of rows: [N, C] × [K, C] → [N, K]. Never in bfloat16: distances made
   * of them are small differences of large numbers.
   */
  GraphTensor innerProducts(GraphTensor x, GraphTensor rows);

  /**
   * Layer normalisation of rows with population variance and ε = 1e-5 (Ba et al., 2016): [N, D],
   * scale [D], bias [D] → [N, D].
   */
  GraphTensor layerNorm(GraphTensor x, GraphTensor scale, GraphTensor bias);

  /**
   * Group normalisation of pictures (Wu, He, ECCV 2018) with population variance and ε = 1e-5: x
   * [B, H, W, C], scale [C], bias [C] → [B, H, W, C].
   *
   * @param groups divides C; each picture and group of neighbouring channels is normalised alone
   */
  GraphTensor groupNorm(GraphTensor x, GraphTensor scale, GraphTensor bias, int groups);

  /** x·σ(1.702 x), the sigmoid form of the Gaussian error linear unit (Hendrycks, Gimpel, 2016). */
  GraphTensor gelu(GraphTensor x);

  /** max(x, 0). */
  GraphTensor relu(GraphTensor x);

  /**
   * x where it is positive, slope · x elsewhere (Maas, Hannun, Ng, 2013).
   *
   * @param slope 0 to below 1
   */
  GraphTensor leakyRelu(GraphTensor x, double slope);

  /** The hyperbolic tangent. */
  GraphTensor tanh(GraphTensor x);

  /** eˣ. */
  GraphTensor exp(GraphTensor x);

  /** ln x, of numbers above 0. */
  GraphTensor log(GraphTensor x);

  /** log(1 + eˣ), without overflow. */
  GraphTensor softplus(GraphTensor x);

  /** Softmax of each row of [N, K]. */
  GraphTensor softmax(GraphTensor x);

  /** log softmax of each row of [N, K], without underflow. */
  GraphTensor logSoftmax(GraphTensor x);

  /**
   * Multi-head scaled dot-product attention (Vaswani et al., 2017, section 3.2).
   *
   * @param qkv [B·T, 3D]: queries, keys, values side by side, each split into heads
   * @param batch B
   * @param heads divides D
   * @param mask which inputs may see which
   * @return [B·T, D]
   */
  GraphTensor attention(GraphTensor qkv, int batch, int heads, AttentionMask mask);

  /**
   * The same with a choice of masks for each sequence.
   *
   * @param masks to choose from, one at least
   * @param maskOfSequence INT32 [B], index into {@code masks}
   */
  GraphTensor attention(
      GraphTensor qkv, int heads, List<AttentionMask> masks, GraphTensor maskOfSequence);

  /**
   * Queries and keys with a root mean square of one in each head (Zhang, Sennrich, 2019; ε = 1e-5
   * beneath the root), times a scale that the heads share. It keeps attention from growing sharp
   * without bound (Henry et al., 2020; Dehghani et al., 2023, section 2). Values stay as they are.
   *
   * @param qkv [N, 3D]: queries, keys, values side by side, each split into heads
   * @param heads divides D
   * @param queryScale [D / heads]
   * @param keyScale [D / heads]
   * @return [N, 3D]
   */
  GraphTensor normaliseHeads(
      GraphTensor qkv, int heads, GraphTensor queryScale, GraphTensor keyScale);

  /**
   * Queries and keys turned by angles that depend on their position, so that their products depend
   * on differences of positions (Su et al., <i>RoFormer</i>, 2021, section 3.2). In each head
   * channel i turns with channel i + D / heads / 2. Values stay as they are.
   *
   * @param qkv [N, 3D]: queries, keys, values side by side, each split into heads
   * @param heads divides D into heads of an even width
   * @param cosines [P, D / heads / 2] of the angle by which each pair turns at each position; has
   *     no gradient
   * @param sines [P, D / heads / 2]; has no gradient
   * @param positions INT32 [N], 0 to P − 1
   * @return [N, 3D]
   */
  GraphTensor rotate(
      GraphTensor qkv, int heads, GraphTensor cosines, GraphTensor sines, GraphTensor positions);

  /** Rows of a table: [V, D], ids INT32 [N] → [N, D]. */
  GraphTensor embedding(GraphTensor table, GraphTensor ids);

  /**
   * −log softmax(logits)[target] of each row, in nats: logits [N, V], targets INT32 [N] → [N, 1].
   */
  GraphTensor softmaxCrossEntropy(GraphTensor logits, GraphTensor targets);

  /**
   * −log softmax(x·W)[target] of each row, in nats, where the softmax goes over one of a few ranges
   * of columns: x [N, D], W [D, V], targets INT32 [N] → [N, 1]. The loss of a row whose target lies
   * outside of its range (a pad, say) is finite but means nothing: it wants a weight of 0.
   *
   * @param rangeOfRow INT32 [N], index into {@code ranges}; each range has exactly as many rows as
   *     it says
   * @param ranges that rows may have
   */
  GraphTensor rangedCrossEntropy(
      GraphTensor x,
      GraphTensor weight,
      GraphTensor targets,
      GraphTensor rangeOfRow,
      List<ColumnRange> ranges);

  /**
   * The row of a codebook that is nearest to each vector by Euclidean distance, the first of
   * several: vectors [N, C], codebook [K, C] → INT32 [N]. Has no gradient.
   */
  GraphTensor nearest(GraphTensor vectors, GraphTensor codebook);

  /** {@code value} forward, the identity of {@code input} backward; both of one shape. */
  GraphTensor straightThrough(GraphTensor input, GraphTensor value);

  /**
   * {@code value} forward; backward the gradient is turned and scaled as the vectors were, row by
   * row (Fifty et al., <i>Restructuring vector quantization with the rotation trick</i>, ICLR 2025,
   * section 4): value = λ R input with a rotation R and a number λ that count as constants. Both
   * [N, C]; rows of zeros are not turned.
   */
  GraphTensor rotated(GraphTensor input, GraphTensor value);

  /** Each row of [N, C] over its Euclidean length; a row of zeros stays zero. */
  GraphTensor unitRows(GraphTensor x);

  /** Rounds to whole numbers; the gradient is zero. */
  GraphTensor round(GraphTensor x);

  /**
   * Convolution with zero padding that keeps H and W up to the stride: x [B, H, W, C], weight [k,
   * k, C, O], bias [O] → [B, H / stride, W / stride, O].
   */
  GraphTensor conv2d(GraphTensor x, GraphTensor weight, GraphTensor bias, int stride);

  /**
   * Transposed convolution, the gradient of {@link #conv2d} for its input: x [B, H, W, I], weight
   * [k, k, O, I], bias [O] → [B, H·stride, W·stride, O].
   */
  GraphTensor transposedConv2d(GraphTensor x, GraphTensor weight, GraphTensor bias, int stride);

  /** [B, H, W, C] → [B, H / block, W / block, C·block²]. */
  GraphTensor spaceToDepth(GraphTensor x, int block);

  /** [B, H, W, C] → [B, H·block, W·block, C / block²]; the inverse of {@link #spaceToDepth}. */
  GraphTensor depthToSpace(GraphTensor x, int block);

  /** The same elements under another shape. */
  GraphTensor reshape(GraphTensor x, long... shape);

  /** Element by element, of one shape. */
  GraphTensor add(GraphTensor a, GraphTensor b);

  /** Element by element, of one shape. */
  GraphTensor subtract(GraphTensor a, GraphTensor b);

  /** Element by element, of one shape. */
  GraphTensor multiply(GraphTensor a, GraphTensor b);

  /** A vector [D] beneath every row: x [N, D] + v. */
  GraphTensor addRow(GraphTensor x, GraphTensor row);

  /** A vector [D] times every row: x [N, D] · v, element by element. */
  GraphTensor multiplyRow(GraphTensor x, GraphTensor row);

  /** factor · x + offset. */
  GraphTensor affine(GraphTensor x, double factor, double offset);

  /** A number of shape [1] times every element. */
  GraphTensor multiplyScalar(GraphTensor x, GraphTensor scalar);

  /** |x|. */
  GraphTensor abs(GraphTensor x);

  /** Sum over all elements: [1, 1]. */
  GraphTensor sum(GraphTensor x);
}
