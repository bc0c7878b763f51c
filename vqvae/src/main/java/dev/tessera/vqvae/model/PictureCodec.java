package dev.tessera.vqvae.model;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.plan.SizedPlans;
import dev.tessera.vqvae.picture.PixelTransform;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Pictures to codes and back, with the weights of a store.
 *
 * <p>Plans exist for a few batch sizes and are compiled when first needed. What a picture becomes
 * does not depend on the others of a batch. Safe to use on any number of threads; calls wait for
 * each other.
 */
public final class PictureCodec implements PictureEncoder, AutoCloseable {
  private final VqvaeConfig config;
  private final ParameterStore weights;
  private final Supplier<Execution> execution;
  private final SizedPlans encoders = new SizedPlans(this::encoder);
  private final SizedPlans decoders = new SizedPlans(this::decoder);
  private boolean closed;

  /**
   * @param weights trained, or still in training: the codec computes with what they are at each
   *     call
   * @param execution of the graphs; the same codes come out for every batch, but not to the last
   *     one under another execution
   */
  public PictureCodec(VqvaeConfig config, ParameterStore weights, Execution execution) {
    this(config, weights, () -> execution);
  }

  /**
   * A codec that costs nothing until it is used: neither oneDNN nor ND4J is loaded before.
   *
   * @param execution of the graphs, asked when one is built
   */
  public PictureCodec(VqvaeConfig config, ParameterStore weights, Supplier<Execution> execution) {
    this.config = config;
    this.weights = weights;
    this.execution = execution;
  }

  /** The model's configuration. */
  public VqvaeConfig config() {
    return config;
  }

  /** The codes of a picture of the model's size, H'·W' in raster order. */
  public int[] encode(Rgb picture) {
    return encode(1, i -> picture)[0];
  }

  @Override
  public synchronized int[][] encode(int count, IntFunction<Rgb> pictures) {
    requireOpen();
    int[][] codes = new int[count][];
    encoders.forEachBatch(
        count,
        (plan, start, filled) -> {
          float[] pixels = new float[plan.length("pictures")];
          for (int i = 0; i < filled; i++) {
            Rgb picture = requireSize(pictures.apply(start + i));
            PixelTransform.toFloats(picture.pixels(), pixels, i * config.picture().bytes());
          }
          plan.set("pictures", pixels);
          plan.run((replica, first) -> readCodes(replica, codes, start, first, filled));
        });
    return codes;
  }

  /**
   * Writes down the codes that one replica has selected.
   *
   * @param start the picture that is the first of the batch
   * @param first row of the batch that is the replica's first
   * @param filled rows of the batch that are pictures
   */
  private void readCodes(Plan replica, int[][] codes, int start, int first, int filled) {
    Quantiser quantiser = config.quantiser();
    float[] selection = replica.floats("selection");
    int pictures = replica.length("pictures") / config.picture().bytes();
    for (int i = 0; i < Math.min(pictures, filled - first); i++) {
      int[] picture = new int[config.tokens()];
      for (int j = 0; j < picture.length; j++) {
        picture[j] = quantiser.code(selection, i * picture.length + j);
      }
      codes[start + first + i] = picture;
    }
  }

  /**
   * Makes all that {@link #decode} needs for so many pictures, ND4J included, which takes a while
   * the first time.
   */
  public synchronized void prepareDecoder(int count) {
    decoders.forEachBatch(count, (plan, start, filled) -> {});
  }

  /** Pictures as their codes express them, in the same order: encoded and decoded. */
  public List<Rgb> reconstruct(List<Rgb> pictures) {
    return decode(encode(pictures.size(), pictures::get));
  }

  /** The picture that codes stand for. */
  public Rgb decode(int[] codes) {
    return decode(new int[][] {codes}).get(0);
  }

  /**
   * The pictures that codes stand for.
   *
   * @param codes [any][H'·W'], each 0 to K − 1
   */
  public synchronized List<Rgb> decode(int[][] codes) {
    requireOpen();
    List<Rgb> pictures = new ArrayList<>(codes.length);
    int channels = config.quantiser().codeChannels();
    decoders.forEachBatch(
        codes.length,
        (plan, start, filled) -> {
          float[] codebook = config.quantiser().codebook(weights);
          float[] vectors = new float[plan.length("codes")];
          for (int i = 0; i < filled; i++) {
            for (int j = 0; j < config.tokens(); j++) {
              int code = requireCode(codes[start + i], j);
              int row = i * config.tokens() + j;
              System.arraycopy(codebook, code * channels, vectors, row * channels, channels);
            }
          }
          plan.set("codes", vectors);
          plan.run();
          float[] pixels = plan.floats("reconstruction");
          for (int i = 0; i < filled; i++) {
            byte[] rgb = new byte[config.picture().bytes()];
            PixelTransform.toBytes(pixels, i * rgb.length, rgb);
            pictures.add(new Rgb(config.picture().height(), config.picture().width(), rgb));
          }
        });
    return pictures;
  }

  /**
   * Codes of pictures on the way from one to another, evenly spread: each token goes from its first
   * code to its last over the nearest codes on the straight line between their vectors.
   *
   * @param from H'·W' codes
   * @param to as many
   * @param steps pictures in all, the first and the last included, 2 or more
   * @return [steps][H'·W']
   */
  public synchronized int[][] between(int[] from, int[] to, int steps) {
    if (steps < 2) {
      throw new IllegalArgumentException("steps is " + steps + ", but must be 2 or more");
    }
    CodeBlend blend = new CodeBlend(codebook(), config.quantiser().codeChannels());
    int[][] codes = new int[steps][config.tokens()];
    for (int step = 0; step < steps; step++) {
      double share = (double) step / (steps - 1);
      for (int j = 0; j < config.tokens(); j++) {
        codes[step][j] = blend.between(requireCode(from, j), requireCode(to, j), share);
      }
    }
    return codes;
  }

  /** The vectors that codes stand for, [K, C] row-major. */
  synchronized float[] codebook() {
    requireOpen();
    // The decoder declares what the codebook is read from.
    decoders.of(1);
    return config.quantiser().codebook(weights);
  }

  private Plan encoder(int share, int batch) {
    ModelGraph graph = new ModelGraph(weights, execution.get());
    GraphTensor selection = new Vqvae(config, graph, share).selection();
    return Plan.forward(graph, selection);
  }

  private Plan decoder(int share, int batch) {
    ModelGraph graph = new ModelGraph(weights, execution.get());
    GraphTensor pictures = new Vqvae(config, graph, share).reconstruction();
    config.quantiser().declare(graph);
    return Plan.forward(graph, pictures);
  }

  /** Ends the threads of the plans; the codec cannot be used any more. */
  @Override
  public synchronized void close() {
    closed = true;
    encoders.close();
    decoders.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the codec is closed");
    }
  }

  private Rgb requireSize(Rgb picture) {
    int height = config.picture().height();
    int width = config.picture().width();
    if (picture.height() != height || picture.width() != width) {
      throw new IllegalArgumentException(
          String.format(
              "picture has %d×%d pixels, but the model's have %d×%d",
              picture.height(), picture.width(), height, width));
    }
    return picture;
  }

  private int requireCode(int[] codes, int index) {
    if (codes.length != config.tokens()) {
      throw new IllegalArgumentException(
          "a picture has " + codes.length + " codes, but the model's grid has " + config.tokens());
    }
    if (codes[index] < 0 || codes[index] >= config.quantiser().codebookSize()) {
      throw new IllegalArgumentException(
          "code is "
              + codes[index]
              + ", but must be 0 to "
              + (config.quantiser().codebookSize() - 1));
    }
    return codes[index];
  }
}
