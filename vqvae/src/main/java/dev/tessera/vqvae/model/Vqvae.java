package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The convolutional auto-encoder. Pixels are unshuffled two by two into channels, so that the
 * convolutions start at half the resolution; each further halving is a strided convolution, each
 * doubling a sub-pixel convolution (Shi et al., CVPR 2016). Residual blocks have no normalisation;
 * their last convolution starts at zero, so each starts as the identity.
 *
 * <p>Pictures are [B, H, W, 3] with values from −1 to 1, vectors [B·H'·W', channels].
 */
public final class Vqvae {
  private static final int SHUFFLE = 2;
  private static final int RGB = 3;

  private final VqvaeConfig config;
  private final ModelGraph graph;
  private final Ops ops;
  private final int batch;

  /** Whether a parameter is a kernel of the encoder or of the decoder. */
  public static boolean isKernel(String parameter) {
    return parameter.matches("(encoder|decoder)/.*/weight");
  }

  /** The model on a graph, for {@code batch} pictures. */
  public Vqvae(VqvaeConfig config, ModelGraph graph, int batch) {
    this.config = config;
    this.graph = graph;
    this.ops = graph.ops();
    this.batch = batch;
  }

  /**
   * What training optimises.
   *
   * @param pictures the placeholder, [B, H, W, 3]
   * @param selection what the batch's codes are read from, [B·H'·W', S]
   * @param observed what the quantiser's learner wants to see beside the codes
   * @param reconstruction [B, H, W, 3]
   * @param loss mean of the configured loss over all subpixels of the step, and the quantiser's
   *     regulariser
   */
  public record Training(
      GraphTensor pictures,
      GraphTensor selection,
      Optional<GraphTensor> observed,
      GraphTensor reconstruction,
      GraphTensor loss) {
    /** What a plan that trains must give beside the loss. */
    public GraphTensor[] outputs() {
      return Stream.concat(Stream.of(selection), observed.stream()).toArray(GraphTensor[]::new);
    }
  }

  /**
   * The numbers that the decoder gives.
   *
   * @param location [B, H, W, 3]
   * @param logScale [B, H, W, 3]; the location where the loss has no use for it
   */
  private record Decoded(GraphTensor location, GraphTensor logScale) {}

  /** Adds the whole auto-encoder; placeholder {@code pictures} [B, H, W, 3]. */
  public Training training() {
    return training(batch);
  }

  /**
   * Adds the whole auto-encoder for a part of a training step. The losses of all parts add up to
   * that of the step.
   *
   * @param step pictures of all parts together, B or more
   */
  public Training training(int step) {
    GraphTensor pictures = pictures();
    GraphTensor vectors = encode(pictures);
    GraphTensor selection = config.quantiser().selection(graph, vectors).named("selection");
    Quantiser.Quantised quantised = config.quantiser().quantise(graph, vectors, batch, step);
    Decoded decoded = decode(quantised.codes());
    GraphTensor errors =
        ops.sum(config.loss().errors(ops, decoded.location(), decoded.logScale(), pictures));
    double subpixels = (double) pictures.length() / batch * step;
    GraphTensor error = ops.affine(errors, 1.0 / subpixels, 0);
    GraphTensor loss =
        quantised
            .regulariser()
            .map(penalty -> ops.add(error, ops.reshape(penalty, error.shape())))
            .orElse(error);
    GraphTensor reconstruction = shown(decoded);
    return new Training(
        pictures,
        selection,
        quantised.observed().map(seen -> seen.named("observed")),
        reconstruction,
        loss.named("loss"));
  }

  /** Adds the encoder; placeholder {@code pictures}; returns the quantiser's selection [N, S]. */
  public GraphTensor selection() {
    return config.quantiser().selection(graph, encode(pictures())).named("selection");
  }

  /** Adds the decoder; placeholder {@code codes} [N, C]; returns pictures [B, H, W, 3]. */
  public GraphTensor reconstruction() {
    long vectors = (long) batch * config.tokens();
    GraphTensor codes = graph.placeholder("codes", vectors, config.quantiser().codeChannels());
    return shown(decode(codes));
  }

  private GraphTensor shown(Decoded decoded) {
    return config.loss().shown(ops, decoded.location()).named("reconstruction");
  }

  private GraphTensor pictures() {
    return graph.placeholder(
        "pictures", batch, config.picture().height(), config.picture().width(), RGB);
  }

  private GraphTensor encode(GraphTensor pictures) {
    GraphTensor x = ops.spaceToDepth(pictures, SHUFFLE); // [B, H/2, W/2, 12]
    x = convolution(x, "encoder/in", 3, levelWidth(SHUFFLE), 1);
    x = residualBlocks(x, "encoder/level" + SHUFFLE, config.residualBlocks());
    for (int scale = 2 * SHUFFLE; scale <= config.downsampling(); scale *= 2) {
      x = convolution(x, "encoder/down" + scale, 4, levelWidth(scale), 2); // [B, H/scale, …]
      x = residualBlocks(x, "encoder/level" + scale, config.residualBlocks());
    }
    int channels = config.quantiser().inputChannels();
    x = convolution(ops.relu(x), "encoder/out", 1, channels, 1); // [B, H', W', channels]
    return ops.reshape(x, (long) batch * config.tokens(), channels);
  }

  private Decoded decode(GraphTensor codes) {
    long channels = config.quantiser().codeChannels();
    GraphTensor x = ops.reshape(codes, batch, config.gridHeight(), config.gridColumns(), channels);
    x = convolution(x, "decoder/in", 3, levelWidth(config.downsampling()), 1);
    x = residualBlocks(x, "decoder/level" + config.downsampling(), config.residualBlocks() + 1);
    for (int scale = config.downsampling() / 2; scale >= SHUFFLE; scale /= 2) {
      x = convolution(ops.relu(x), "decoder/up" + scale, 3, 4 * levelWidth(scale), 1);
      x = ops.depthToSpace(x, 2); // [B, H/scale, W/scale, width]
      x = residualBlocks(x, "decoder/level" + scale, config.residualBlocks() + 1);
    }
    x = ops.relu(x);
    GraphTensor location = pixels(x, "decoder/out");
    return new Decoded(location, config.loss().hasScale() ? pixels(x, "decoder/scale") : location);
  }

  private GraphTensor pixels(GraphTensor x, String name) {
    return ops.depthToSpace(
        convolution(x, name, 3, RGB * SHUFFLE * SHUFFLE, 1), SHUFFLE); // [B, H, W, 3]
  }

  /** Channels where one position stands for {@code scale} × {@code scale} pixels. */
  private int levelWidth(int scale) {
    return scale == config.downsampling() ? config.gridWidth() : config.width();
  }

  private GraphTensor residualBlocks(GraphTensor x, String name, int count) {
    for (int i = 0; i < count; i++) {
      String block = name + "/residual" + i;
      int channels = Math.toIntExact(x.size(3));
      GraphTensor h = convolution(ops.relu(x), block + "/first", 3, channels, 1);
      GraphTensor kernel =
          graph.parameter(block + "/second/weight", Initialiser.zeros(), 3, 3, channels, channels);
      GraphTensor bias = graph.parameter(block + "/second/bias", Initialiser.zeros(), channels);
      x = ops.add(x, ops.conv2d(ops.relu(h), kernel, bias, 1));
    }
    return x;
  }

  private GraphTensor convolution(GraphTensor x, String name, int kernel, int outputs, int stride) {
    long inputs = x.size(3);
    return ops.conv2d(
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
