package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells originals from reconstructions patch by patch (Isola et al., CVPR 2017, section 3.2.2): a
 * stack of convolutions whose every output sees a part of the picture. As in the auto-encoder,
 * pixels are unshuffled two by two first and nothing is normalised, so that no picture's judgement
 * depends on another one's. Leaky ReLU of slope 0.2.
 *
 * <p>With two halvings an output sees 28×28 pixels, with three 60×60.
 */
public final class PatchDiscriminator {
  private static final int SHUFFLE = 2;
  private static final int WIDEST = 4;
  private static final double SLOPE = 0.2;

  private final ModelGraph graph;
  private final ParameterStore weights;
  private final Shape shape;
  private final Map<String, GraphTensor> parameters = new HashMap<>();

  /**
   * How large a discriminator is.
   *
   * @param width channels at half the resolution, 4 to 512; doubled at each further halving, up to
   *     four times as many
   * @param halvings of the sides, 1 to 5
   */
  public record Shape(int width, int halvings) {
    public Shape {
      if (width < 4 || width > 512) {
        throw new IllegalArgumentException(
            "discriminator width is " + width + ", but must be 4 to 512");
      }
      if (halvings < 1 || halvings > 5) {
        throw new IllegalArgumentException(
            "discriminator halvings is " + halvings + ", but must be 1 to 5");
      }
    }

    /** Pixels along each side that one output stands for. */
    public int stride() {
      return 1 << halvings;
    }
  }

  /**
   * What the discriminator makes of pictures.
   *
   * @param features of each level, [B, …, …, channels]
   * @param scores [B, H / stride, W / stride, 1]: above 0 for an original, below for a
   *     reconstruction
   */
  public record Judgement(List<GraphTensor> features, GraphTensor scores) {
    public Judgement {
      features = List.copyOf(features);
    }
  }

  /**
   * The discriminator on a graph.
   *
   * @param weights its own; if they are not those of the graph's store, the graph only reads them
   */
  public PatchDiscriminator(Shape shape, ModelGraph graph, ParameterStore weights) {
    this.shape = shape;
    this.graph = graph;
    this.weights = weights;
  }

  /**
   * Adds a judgement; several share the weights.
   *
   * @param pictures [B, H, W, 3], values from −1 to 1
   */
  public Judgement judge(GraphTensor pictures) {
    Ops ops = graph.ops();
    List<GraphTensor> features = new ArrayList<>();
    GraphTensor x = ops.spaceToDepth(pictures, SHUFFLE); // [B, H/2, W/2, 12]
    x = ops.leakyRelu(convolution(x, "discriminator/in", 3, shape.width(), 1), SLOPE);
    features.add(x);
    int width = shape.width();
    for (int scale = 2 * SHUFFLE; scale <= shape.stride(); scale *= 2) {
      width = Math.min(2 * width, WIDEST * shape.width());
      x = convolution(x, "discriminator/down" + scale, 4, width, 2); // [B, H/scale, …, width]
      x = ops.leakyRelu(x, SLOPE);
      features.add(x);
    }
    x = ops.leakyRelu(convolution(x, "discriminator/last", 3, width, 1), SLOPE);
    features.add(x);
    return new Judgement(features, convolution(x, "discriminator/score", 3, 1, 1));
  }

  private GraphTensor convolution(GraphTensor x, String name, int kernel, int outputs, int stride) {
    long inputs = x.size(3);
    GraphTensor weight =
        parameter(
            name + "/weight",
            Initialiser.he(inputs * kernel * kernel),
            kernel,
            kernel,
            inputs,
            outputs);
    GraphTensor bias = parameter(name + "/bias", Initialiser.zeros(), outputs);
    return graph.ops().conv2d(x, weight, bias, stride);
  }

  private GraphTensor parameter(String name, Initialiser initialiser, long... sizes) {
    return parameters.computeIfAbsent(
        name,
        key ->
            weights == graph.store()
                ? graph.parameter(name, initialiser, sizes)
                : graph.borrowed(weights, name, initialiser, sizes));
  }

  /** Fails unless the sides of pictures can be halved so often. */
  public static void requireSides(Shape shape, VqvaeConfig config) {
    int height = config.picture().height();
    int width = config.picture().width();
    if (height % shape.stride() != 0 || width % shape.stride() != 0) {
      throw new IllegalArgumentException(
          String.format(
              "discriminator halvings is %d, so the sides of pictures must be multiples of %d,"
                  + " but they have %d×%d pixels",
              shape.halvings(), shape.stride(), height, width));
    }
  }
}
