package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.HashMap;
import java.util.Map;

/** The model written as its definition, one whole sequence at a time, in double precision. */
final class NaiveTransformer {
  private final TransformerConfig config;
  private final WeightSource source;
  private final Vocabulary vocabulary;
  private final Map<String, float[]> read = new HashMap<>();

  NaiveTransformer(TransformerConfig config, WeightSource source) {
    this.config = config;
    this.source = source;
    vocabulary = new Vocabulary(config);
  }

  /** Logits over the whole table, [T][V]. */
  double[][] logits(int[] tokens, int[] positions, int[] targetPositions) {
    int width = config.width();
    int rows = vocabulary.positions();
    float[] token = weights("token_embedding", vocabulary.size(), width);
    float[] position = weights("position_embedding", rows, width);
    float[] target = weights("target_embedding", rows, width);
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < width; j++) {
        x[t][j] =
            (double) token[tokens[t] * width + j]
                + position[positions[t] * width + j]
                + target[targetPositions[t] * width + j];
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "block" + layer;
      double[][] qkv = linear(norm(x, name + "/norm1"), name + "/attention/qkv", 3 * width);
      add(x, linear(attention(qkv, layer), name + "/attention/out", width));
      double[][] hidden = linear(norm(x, name + "/norm2"), name + "/mlp/up", 4 * width);
      for (double[] row : hidden) {
        for (int j = 0; j < row.length; j++) {
          row[j] = row[j] / (1 + Math.exp(-1.702 * row[j]));
        }
      }
      add(x, linear(hidden, name + "/mlp/down", width));
    }
    return product(norm(x, "norm"), "head/weight", vocabulary.size());
  }

  private double[][] attention(double[][] qkv, int layer) {
    int width = config.width();
    double[][] out = new double[qkv.length][width];
    for (int query = 0; query < qkv.length; query++) {
      for (int head = 0; head < config.heads(); head++) {
        int offset = head * config.headWidth();
        double[] p = new double[qkv.length];
        double sum = 0;
        for (int key = 0; key < qkv.length; key++) {
          if (config.masks().get(layer).attends(query, key)) {
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
