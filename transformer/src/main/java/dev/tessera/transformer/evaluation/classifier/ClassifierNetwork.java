package dev.tessera.transformer.evaluation.classifier;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;

/**
 * The graph of a classifier: convolutions with ReLU, which halve the sides down to about four
 * positions, a norm and a product. Nothing is normalised over a batch, so that no answer depends on
 * others.
 *
 * @param height of pictures
 * @param width of pictures
 * @param classes to choose among
 */
record ClassifierNetwork(int height, int width, int classes) {
  private static final int CHANNELS = 48;
  private static final int WIDEST = 4 * CHANNELS;
  private static final int LAST_SIDE = 4;

  /**
   * Adds the network; placeholder {@code pictures} [B, H, W, {@value ColourSteps#CHANNELS}], as
   * {@link ColourSteps} writes them.
   *
   * @return {@code logits} [B, classes]
   */
  GraphTensor logits(ModelGraph graph, int batch) {
    Ops ops = graph.ops();
    GraphTensor x = graph.placeholder("pictures", batch, height, width, ColourSteps.CHANNELS);
    int block = height % 2 == 0 && width % 2 == 0 ? 2 : 1;
    x = block > 1 ? ops.spaceToDepth(x, block) : x;
    int channels = CHANNELS;
    x = ops.relu(convolution(graph, x, "in", 3, channels, 1));
    for (int level = 0; halves(x); level++) {
      channels = Math.min(2 * channels, WIDEST);
      x = ops.relu(convolution(graph, x, "down" + level, 4, channels, 2));
      x = ops.relu(convolution(graph, x, "level" + level, 3, channels, 1));
    }
    long features = x.length() / batch;
    x =
        ops.layerNorm(
            ops.reshape(x, batch, features),
            graph.parameter("norm/scale", Initialiser.ones(), features),
            graph.parameter("norm/bias", Initialiser.zeros(), features));
    return ops.linear(
            x,
            graph.parameter(
                "out/weight",
                Initialiser.normal(1 / Math.sqrt((double) features)),
                features,
                classes),
            graph.parameter("out/bias", Initialiser.zeros(), classes))
        .named("logits");
  }

  private static boolean halves(GraphTensor x) {
    return x.size(1) % 2 == 0 && x.size(2) % 2 == 0 && Math.min(x.size(1), x.size(2)) > LAST_SIDE;
  }

  private static GraphTensor convolution(
      ModelGraph graph, GraphTensor x, String name, int kernel, int outputs, int stride) {
    long inputs = x.size(3);
    return graph
        .ops()
        .conv2d(
            x,
            graph.parameter(
                name + "/weight",
                Initialiser.he(inputs * kernel * kernel),
                kernel,
                kernel,
                inputs,
                outputs),
            graph.parameter(name + "/bias", Initialiser.zeros(), outputs),
            stride);
  }
}
