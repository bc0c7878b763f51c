package dev.tessera.transformer.decode;

import static dev.tessera.transformer.sequence.Neighbourhood.CHANNELS;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.AxialPositions;
import dev.tessera.transformer.sequence.Neighbourhood;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a trained model, matrices as arrays of rows: HotSpot vectorises a loop over
 * several arrays only where all of them have the same index.
 *
 * @param tokenEmbedding [V][D]
 * @param positionEmbedding [P][D]; zeros where positions are rotary
 * @param targetEmbedding [P][D]
 * @param neighbours of what is known around the target; null if there is nothing of that
 * @param blocks one for each layer
 * @param norm before the head
 * @param textHead [D][text vocabulary], the head's columns of the text range
 * @param imageHead [D][K], the head's columns of the image range
 */
public record TransformerWeights(
    float[][] tokenEmbedding,
    float[][] positionEmbedding,
    float[][] targetEmbedding,
    @Nullable Neighbours neighbours,
    List<Block> blocks,
    Norm norm,
    float[][] textHead,
    float[][] imageHead) {

  /**
   * One layer.
   *
   * @param qkv D to 3D: queries, keys, values, each head after head
   * @param out D to D
   * @param up D to 4D
   * @param down 4D to D
   * @param attentionNorm of what attention adds; null if there is none
   * @param mlpNorm of what the MLP adds; null if there is none
   * @param headNorm of queries and keys; null if there is none
   */
  public record Block(
      Norm norm1,
      Linear qkv,
      Linear out,
      Norm norm2,
      Linear up,
      Linear down,
      @Nullable Norm attentionNorm,
      @Nullable Norm mlpNorm,
      @Nullable HeadNorm headNorm) {}

  /**
   * Scales of queries and keys, which all heads share.
   *
   * @param queryScale [D / heads]
   * @param keyScale [D / heads]
   */
  public record HeadNorm(float[] queryScale, float[] keyScale) {}

  /**
   * What known tokens around a place add to the input that predicts it.
   *
   * @param embedding [1 + K][C], C = {@link Neighbourhood#CHANNELS}
   * @param weight [N · C][D] for N neighbours
   * @param unknown [N][D], what each adds while it is not known: most of them in raster order
   */
  public record Neighbours(float[][] embedding, float[][] weight, float[][] unknown) {
    /** With what unknown ones add computed beforehand. */
    static Neighbours of(float[][] embedding, float[][] weight) {
      float[][] unknown = new float[weight.length / CHANNELS][weight[0].length];
      for (int i = 0; i < unknown.length; i++) {
        multiply(embedding[Neighbourhood.UNKNOWN], weight, i, unknown[i]);
      }
      return new Neighbours(embedding, weight, unknown);
    }

    private static void multiply(float[] neighbour, float[][] weight, int i, float[] y) {
      MatrixProduct.accumulate(neighbour, 0, weight, i * CHANNELS, CHANNELS, y, 0, y.length);
    }

    /** Adds the neighbours with these N ids to [D]. */
    void add(int[] ids, float[] y) {
      for (int i = 0; i < ids.length; i++) {
        if (ids[i] == Neighbourhood.UNKNOWN) {
          float[] row = unknown[i];
          for (int j = 0; j < y.length; j++) {
            y[j] += row[j];
          }
        } else {
          multiply(embedding[ids[i]], weight, i, y);
        }
      }
    }
  }

  /**
   * A layer normalisation.
   *
   * @param scale [D]
   * @param bias [D]
   */
  public record Norm(float[] scale, float[] bias) {}

  /**
   * An affine map.
   *
   * @param weight [in][out]
   * @param bias [out]
   */
  public record Linear(float[][] weight, float[] bias) {}

  public TransformerWeights {
    blocks = List.copyOf(blocks);
  }

  /**
   * What a row of a pass begins with: the sum of its token's, its position's and its target's row,
   * and what is known around the target, into [D].
   */
  void embed(Pass pass, int row, float[] y) {
    float[] a = tokenEmbedding[pass.token(row)];
    float[] b = positionEmbedding[pass.position(row)];
    float[] c = targetEmbedding[pass.targetPosition(row)];
    for (int j = 0; j < y.length; j++) {
      y[j] = a[j] + b[j] + c[j];
    }
    if (neighbours != null) {
      neighbours.add(pass.neighbours(row), y);
    }
  }

  /**
   * All but the matrices that are packed, which are empty; the table of tokens and the matrix of
   * neighbours are rounded to bfloat16, as compact bundles hold them.
   */
  TransformerWeights besidesPacked() {
    float[][] none = {};
    List<Block> rest = new ArrayList<>();
    for (Block block : blocks) {
      rest.add(
          new Block(
              block.norm1,
              new Linear(none, block.qkv.bias),
              new Linear(none, block.out.bias),
              block.norm2,
              new Linear(none, block.up.bias),
              new Linear(none, block.down.bias),
              block.attentionNorm,
              block.mlpNorm,
              block.headNorm));
    }
    return new TransformerWeights(
        rounded(tokenEmbedding),
        positionEmbedding,
        targetEmbedding,
        neighbours == null ? null : Neighbours.of(neighbours.embedding, rounded(neighbours.weight)),
        rest,
        norm,
        none,
        none);
  }

  private static float[][] rounded(float[][] rows) {
    float[][] result = new float[rows.length][rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      for (int j = 0; j < result[row].length; j++) {
        result[row][j] = Bfloat16.floatOf(Bfloat16.round(rows[row][j]));
      }
    }
    return result;
  }

  /**
   * Reads every tensor of a model.
   *
   * <pre>
   * token_embedding [V, D]   position_embedding [P, D]   target_embedding [P, D]
   * block0/norm1/scale|bias [D]
   * block0/attention/qkv/weight [D, 3D]   block0/attention/qkv/bias [3D]
   * block0/attention/out/weight [D, D]    block0/attention/out/bias [D]
   * block0/norm2/scale|bias [D]
   * block0/mlp/up/weight [D, 4D]          block0/mlp/up/bias [4D]
   * block0/mlp/down/weight [4D, D]        block0/mlp/down/bias [D]
   * … the same for block1 and on
   * norm/scale|bias [D]   head/weight [D, V]
   * with sandwich norm in each block   block0/attention/norm/scale|bias [D]   block0/mlp/norm/scale|bias [D]
   * with query and key norm            block0/attention/query_norm/scale [D / heads]   …/key_norm/scale
   * with axial positions               position_embedding and target_embedding [1 + Nt + H' + W', D]
   * with rotary positions              no position_embedding
   * with a neighbourhood of N places   neighbour_embedding [1 + K, C]   neighbours/weight [N · C, D]
   * </pre>
   *
   * @throws IllegalArgumentException if the source answers with another number of values
   */
  public static TransformerWeights read(TransformerConfig config, WeightSource source) {
    Vocabulary vocabulary = new Vocabulary(config);
    int width = config.width();
    boolean sandwich = config.variant().sandwichNorm();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      String name = "block" + i;
      blocks.add(
          new Block(
              norm(source, name + "/norm1", width),
              linear(source, name + "/attention/qkv", width, 3 * width),
              linear(source, name + "/attention/out", width, width),
              norm(source, name + "/norm2", width),
              linear(source, name + "/mlp/up", width, 4 * width),
              linear(source, name + "/mlp/down", 4 * width, width),
              sandwich ? norm(source, name + "/attention/norm", width) : null,
              sandwich ? norm(source, name + "/mlp/norm", width) : null,
              config.variant().queryKeyNorm()
                  ? headNorm(source, name + "/attention", config.headWidth())
                  : null));
    }
    float[][] head = matrix(source, "head/weight", width, vocabulary.size());
    return new TransformerWeights(
        matrix(source, "token_embedding", vocabulary.size(), width),
        config.variant().positions() == PositionEncoding.ROTARY
            ? new float[vocabulary.positions()][width]
            : positions(config, source, "position_embedding"),
        positions(config, source, "target_embedding"),
        config.variant().neighbourhood() > 0 ? neighbours(config, source) : null,
        blocks,
        norm(source, "norm", width),
        columns(head, vocabulary.firstText(), vocabulary.endText()),
        columns(head, vocabulary.firstImage(), vocabulary.size()));
  }

  /** The same from tensors by name, as a bundle holds them. */
  public static TransformerWeights read(TransformerConfig config, TensorMap tensors) {
    return read(config, (name, shape) -> tensors.get(name, shape).data());
  }

  /** [P][D], also where the tensor has rows and columns to be summed. */
  private static float[][] positions(TransformerConfig config, WeightSource source, String name) {
    int rows = new Vocabulary(config).positions();
    if (config.variant().positions() != PositionEncoding.AXIAL) {
      return matrix(source, name, rows, config.width());
    }
    AxialPositions axial = new AxialPositions(config);
    float[][] parts = matrix(source, name, axial.rows(), config.width());
    float[][] sums = new float[rows][config.width()];
    for (int position = 0; position < rows; position++) {
      for (int row : axial.rowsOf(position)) {
        for (int j = 0; j < config.width(); j++) {
          sums[position][j] += parts[row][j];
        }
      }
    }
    return sums;
  }

  private static Neighbours neighbours(TransformerConfig config, WeightSource source) {
    Neighbourhood neighbourhood = new Neighbourhood(config);
    return Neighbours.of(
        matrix(source, "neighbour_embedding", neighbourhood.ids(), CHANNELS),
        matrix(source, "neighbours/weight", neighbourhood.size() * CHANNELS, config.width()));
  }

  private static HeadNorm headNorm(WeightSource source, String name, int headWidth) {
    return new HeadNorm(
        vector(source, name + "/query_norm/scale", headWidth),
        vector(source, name + "/key_norm/scale", headWidth));
  }

  private static Norm norm(WeightSource source, String name, int width) {
    return new Norm(vector(source, name + "/scale", width), vector(source, name + "/bias", width));
  }

  private static Linear linear(WeightSource source, String name, int in, int out) {
    return new Linear(
        matrix(source, name + "/weight", in, out), vector(source, name + "/bias", out));
  }

  private static float[] vector(WeightSource source, String name, int length) {
    float[] values = source.read(name, length);
    requireLength(name, values.length, length);
    return values;
  }

  private static float[][] matrix(WeightSource source, String name, int rows, int columns) {
    float[] values = source.read(name, rows, columns);
    requireLength(name, values.length, (long) rows * columns);
    float[][] matrix = new float[rows][];
    for (int row = 0; row < rows; row++) {
      matrix[row] = Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
    }
    return matrix;
  }

  private static float[][] columns(float[][] matrix, int from, int to) {
    float[][] part = new float[matrix.length][];
    for (int row = 0; row < part.length; row++) {
      part[row] = Arrays.copyOfRange(matrix[row], from, to);
    }
    return part;
  }

  private static void requireLength(String name, int found, long expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "tensor " + name + " has " + found + " values, but the model needs " + expected);
    }
  }
}
