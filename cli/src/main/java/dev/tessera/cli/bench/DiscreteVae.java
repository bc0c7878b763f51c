package dev.tessera.cli.bench;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;

/**
 * The network that stage 1 is compared on, the same as the peer's: strided convolutions, a residual
 * block and a projection to the codes; a Gumbel-softmax mixture of them; the same in reverse with
 * transposed convolutions. (What Tessera itself trains is {@link dev.tessera.vqvae.model.Vqvae},
 * which is made of fewer and cheaper parts.)
 */
final class DiscreteVae {
  private static final double TEMPERATURE = 0.9;
  private static final int KERNEL = 4;
  private static final int RGB = 3;

  private final VaeShape shape;
  private final ModelGraph graph;
  private final Ops ops;

  DiscreteVae(VaeShape shape, ModelGraph graph) {
    this.shape = shape;
    this.graph = graph;
    this.ops = graph.ops();
  }

  /**
   * Adds all of it. Placeholders: {@code pictures} [B, side, side, 3] and {@code noise} [N, K],
   * Gumbel noise. Returns its part of the mean squared error, named {@code loss}.
   *
   * @param batch pictures of all parts together, B or more
   */
  GraphTensor loss(int batch) {
    GraphTensor pictures = pictures();
    GraphTensor noise = graph.placeholder("noise", shape.vectors(), shape.codes());
    GraphTensor logits = ops.affine(ops.add(encode(pictures), noise), 1 / TEMPERATURE, 0);
    GraphTensor vectors = ops.project(ops.softmax(logits), codebook());
    GraphTensor difference = ops.subtract(decode(vectors), pictures);
    GraphTensor squares = ops.sum(ops.multiply(difference, difference));
    double subpixels = (double) pictures.length() / shape.batch() * batch;
    return ops.affine(squares, 1 / subpixels, 0).named("loss");
  }

  /** Adds the encoder; placeholder {@code pictures}; returns {@code logits} of the codes [N, K]. */
  GraphTensor logits() {
    return encode(pictures()).named("logits");
  }

  /** Adds the decoder; placeholder {@code codes} [N]; returns {@code reconstruction}. */
  GraphTensor reconstruction() {
    GraphTensor codes = graph.indices("codes", shape.vectors());
    return decode(ops.embedding(codebook(), codes)).named("reconstruction");
  }

  private GraphTensor pictures() {
    return graph.placeholder("pictures", shape.batch(), shape.side(), shape.side(), RGB);
  }

  private GraphTensor codebook() {
    return graph.parameter("codebook", Initialiser.normal(1), shape.codes(), shape.codeChannels());
  }

  /** [B, side, side, 3] → [N, K]. */
  private GraphTensor encode(GraphTensor pictures) {
    GraphTensor x = pictures;
    for (int i = 0; i < shape.halvings(); i++) {
      x = ops.relu(convolution(x, "encoder/down" + i, KERNEL, shape.hidden(), 2));
    }
    x = residual(x, "encoder/residual");
    return rows(convolution(x, "encoder/out", 1, shape.codes(), 1));
  }

  /** [N, code channels] → [B, side, side, 3]. */
  private GraphTensor decode(GraphTensor vectors) {
    GraphTensor x =
        ops.reshape(vectors, shape.batch(), shape.grid(), shape.grid(), shape.codeChannels());
    x = residual(convolution(x, "decoder/in", 1, shape.hidden(), 1), "decoder/residual");
    for (int i = 0; i < shape.halvings(); i++) {
      x = ops.relu(transposed(x, "decoder/up" + i)); // twice the sides
    }
    return convolution(x, "decoder/out", 1, RGB, 1);
  }

  private GraphTensor residual(GraphTensor x, String name) {
    GraphTensor h = ops.relu(convolution(x, name + "/first", 3, shape.hidden(), 1));
    h = ops.relu(convolution(h, name + "/second", 3, shape.hidden(), 1));
    return ops.add(x, convolution(h, name + "/third", 1, shape.hidden(), 1));
  }

  private GraphTensor convolution(GraphTensor x, String name, int kernel, int outputs, int stride) {
    long inputs = x.size(3);
    return ops.conv2d(
        x,
        weight(name, inputs * kernel * kernel, kernel, kernel, inputs, outputs),
        graph.parameter(name + "/bias", Initialiser.zeros(), outputs),
        stride);
  }

  private GraphTensor transposed(GraphTensor x, String name) {
    int hidden = shape.hidden();
    return ops.transposedConv2d(
        x,
        weight(name, (long) hidden * KERNEL, KERNEL, KERNEL, hidden, hidden),
        graph.parameter(name + "/bias", Initialiser.zeros(), hidden),
        2);
  }

  private GraphTensor weight(String name, long fanIn, long... sides) {
    return graph.parameter(name + "/weight", Initialiser.he(fanIn), sides);
  }

  private GraphTensor rows(GraphTensor x) {
    return ops.reshape(x, shape.vectors(), x.size(3));
  }
}
