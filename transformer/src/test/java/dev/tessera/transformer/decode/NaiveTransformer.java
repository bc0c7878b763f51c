package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.LayerMasks;
import dev.tessera.transformer.sequence.Neighbourhood;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The model written as its definition, one whole sequence at a time, in double precision. */
final class NaiveTransformer {
  private final TransformerConfig config;
  private final WeightSource source;
  private final Vocabulary vocabulary;
  private final LayerMasks masks;
  private final Map<String, float[]> read = new HashMap<>();

  NaiveTransformer(TransformerConfig config, WeightSource source) {
    this.config = config;
    this.source = source;
    vocabulary = new Vocabulary(config);
    masks = new LayerMasks(config);
  }

  /** Logits over the whole table, [T][V]. */
  double[][] logits(int[] tokens, int[] positions, int[] targetPositions) {
    int width = config.width();
    float[] token = weights("token_embedding", vocabulary.size(), width);
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < width; j++) {
        x[t][j] = token[tokens[t] * width + j];
      }
      if (config.variant().positions() != PositionEncoding.ROTARY) {
        addPosition(x[t], "position_embedding", positions[t]);
      }
      addPosition(x[t], "target_embedding", targetPositions[t]);
      addNeighbours(x[t], Arrays.copyOf(tokens, t + 1), positions, targetPositions[t]);
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "block" + layer;
      double[][] qkv = linear(norm(x, name + "/norm1"), name + "/attention/qkv", 3 * width);
      prepareHeads(qkv, name + "/attention", positions);
      AttentionMask mask = masks.of(layer, tokens[0]);
      double[][] mixed = linear(attention(qkv, mask), name + "/attention/out", width);
      add(x, sandwich(mixed, name + "/attention"));
      double[][] hidden = linear(norm(x, name + "/norm2"), name + "/mlp/up", 4 * width);
      for (double[] row : hidden) {
        for (int j = 0; j < row.length; j++) {
          row[j] = row[j] / (1 + Math.exp(-1.702 * row[j]));
        }
      }
      add(x, sandwich(linear(hidden, name + "/mlp/down", width), name + "/mlp"));
    }
    return product(norm(x, "norm"), "head/weight", vocabulary.size());
  }

  private void addPosition(double[] x, String name, int position) {
    boolean axial = config.variant().positions() == PositionEncoding.AXIAL;
    int nt = config.textLength();
    int rows = axial ? 1 + nt + config.gridHeight() + config.gridWidth() : vocabulary.positions();
    float[] table = weights(name, rows, x.length);
    int slot = position - 1 - nt;
    List<Integer> chosen = new ArrayList<>(List.of(position));
    if (axial && slot >= 0) {
      chosen.set(0, 1 + nt + slot / config.gridWidth());
      chosen.add(1 + nt + config.gridHeight() + slot % config.gridWidth());
    }
    for (int row : chosen) {
      for (int j = 0; j < x.length; j++) {
        x[j] += table[row * x.length + j];
      }
    }
  }

  /** Adds what the known tokens around a place say of it. */
  private void addNeighbours(double[] x, int[] known, int[] positions, int target) {
    int radius = config.variant().neighbourhood();
    if (radius == 0) {
      return;
    }
    int side = 2 * radius + 1;
    long channels = Neighbourhood.CHANNELS;
    float[] table = weights("neighbour_embedding", 1 + config.imageVocabulary(), channels);
    float[] weight = weights("neighbours/weight", (side * side - 1) * channels, x.length);
    int place = 0;
    for (int i = 0; i < side * side; i++) {
      int down = i / side - radius;
      int across = i % side - radius;
      if (down == 0 && across == 0) {
        continue;
      }
      int code = code(known, positions, target, down, across);
      for (int c = 0; c < Neighbourhood.CHANNELS; c++) {
        double value = table[(1 + code) * Neighbourhood.CHANNELS + c];
        for (int j = 0; j < x.length; j++) {
          x[j] += value * weight[(place * Neighbourhood.CHANNELS + c) * x.length + j];
        }
      }
      place++;
    }
  }

  /** The code at a place so far from another, −1 if it is not known. */
  private int code(int[] known, int[] positions, int target, int down, int across) {
    int slot = target - 1 - config.textLength();
    int row = Math.floorDiv(slot, config.gridWidth()) + down;
    int column = slot % config.gridWidth() + across;
    boolean inside =
        slot >= 0
            && row >= 0
            && row < config.gridHeight()
            && column >= 0
            && column < config.gridWidth();
    if (inside) {
      int wanted = 1 + config.textLength() + row * config.gridWidth() + column;
      for (int i = 0; i < known.length; i++) {
        if (positions[i] == wanted) {
          return known[i] - vocabulary.firstImage();
        }
      }
    }
    return -1;
  }

  private double[][] sandwich(double[][] x, String name) {
    return config.variant().sandwichNorm() ? norm(x, name + "/norm") : x;
  }

  /** Normalises and turns queries and keys in place. */
  private void prepareHeads(double[][] qkv, String name, int[] positions) {
    int size = config.headWidth();
    for (int part = 0; part < 2; part++) {
      for (int t = 0; t < qkv.length; t++) {
        for (int head = 0; head < config.heads(); head++) {
          int from = part * config.width() + head * size;
          double[] values = Arrays.copyOfRange(qkv[t], from, from + size);
          if (config.variant().queryKeyNorm()) {
            String norm = name + (part == 0 ? "/query_norm/scale" : "/key_norm/scale");
            normaliseHead(values, weights(norm, size));
          }
          if (config.variant().positions() == PositionEncoding.ROTARY) {
            rotateHead(values, positions[t]);
          }
          System.arraycopy(values, 0, qkv[t], from, size);
        }
      }
    }
  }

  private static void normaliseHead(double[] values, float[] scale) {
    double square = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
    for (int c = 0; c < values.length; c++) {
      values[c] *= scale[c] / Math.sqrt(square + 1e-5);
    }
  }

  /** The first half of the pairs turns with the row, the second with the column. */
  private void rotateHead(double[] values, int position) {
    int pairs = values.length / 2;
    int slot = position - 1 - config.textLength();
    int origin = 1 + config.textLength();
    int row = slot < 0 ? position : origin + slot / config.gridWidth();
    int column = slot < 0 ? position : origin + slot % config.gridWidth();
    for (int pair = 0; pair < pairs; pair++) {
      double speed = Math.pow(100, -(pair % (pairs / 2)) / (pairs / 2.0));
      double angle = speed * (pair < pairs / 2 ? row : column);
      double a = values[pair];
      double b = values[pair + pairs];
      values[pair] = a * Math.cos(angle) - b * Math.sin(angle);
      values[pair + pairs] = a * Math.sin(angle) + b * Math.cos(angle);
    }
  }

  private double[][] attention(double[][] qkv, AttentionMask mask) {
    int width = config.width();
    double[][] out = new double[qkv.length][width];
    for (int query = 0; query < qkv.length; query++) {
      for (int head = 0; head < config.heads(); head++) {
        int offset = head * config.headWidth();
        double[] p = new double[qkv.length];
        double sum = 0;
        for (int key = 0; key < qkv.length; key++) {
          if (mask.attends(query, key)) {
            double score = 0;
            for (int c = offset; c < offset + config.headWidth(); c++) {
              score += qkv[query][c] * qkv[key][width + c];
            }
            p[key] = Math.exp(score / Math.sqrt(config.headWidth()));
            sum += p[key];
          }
        }
        for (int key = 0; key < qkv.length; key++) {
          for (int c = offset; c < offset + config.headWidth(); c++) {
            out[query][c] += p[key] / sum * qkv[key][2 * width + c];
          }
        }
      }
    }
    return out;
  }

  private double[][] norm(double[][] x, String name) {
    int width = config.width();
    float[] scale = weights(name + "/scale", width);
    float[] bias = weights(name + "/bias", width);
    double[][] y = new double[x.length][width];
    for (int t = 0; t < x.length; t++) {
      double mean = 0;
      for (double value : x[t]) {
        mean += value / width;
      }
      double variance = 0;
      for (double value : x[t]) {
        variance += (value - mean) * (value - mean) / width;
      }
      for (int j = 0; j < width; j++) {
        y[t][j] = (x[t][j] - mean) / Math.sqrt(variance + 1e-5) * scale[j] + bias[j];
      }
    }
    return y;
  }

  private double[][] linear(double[][] x, String name, int out) {
    double[][] y = product(x, name + "/weight", out);
    float[] bias = weights(name + "/bias", out);
    for (double[] row : y) {
      for (int j = 0; j < out; j++) {
        row[j] += bias[j];
      }
    }
    return y;
  }

  private double[][] product(double[][] x, String name, int out) {
    int in = x[0].length;
    float[] weight = weights(name, in, out);
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < in; i++) {
        for (int j = 0; j < out; j++) {
          y[t][j] += x[t][i] * weight[i * out + j];
        }
      }
    }
    return y;
  }

  private static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < x[t].length; j++) {
        x[t][j] += y[t][j];
      }
    }
  }

  private float[] weights(String name, long... shape) {
    return read.computeIfAbsent(name, n -> source.read(n, shape));
  }
}
