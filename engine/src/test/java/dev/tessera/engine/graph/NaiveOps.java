package dev.tessera.engine.graph;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;

/** The operations of {@link Ops} as their Javadoc defines them: loops over doubles. */
final class NaiveOps {
  private NaiveOps() {}

  static double[] map(double[] x, DoubleUnaryOperator function) {
    return fill(x.length, i -> function.applyAsDouble(x[i]));
  }

  static double[] fill(int length, IntToDoubleFunction function) {
    double[] y = new double[length];
    for (int i = 0; i < length; i++) {
      y[i] = function.applyAsDouble(i);
    }
    return y;
  }

  /** [n, m] × [m, k]. */
  static double[] product(double[] a, double[] b, int n, int m, int k) {
    double[] c = new double[n * k];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < k; j++) {
        for (int l = 0; l < m; l++) {
          c[i * k + j] += a[i * m + l] * b[l * k + j];
        }
      }
    }
    return c;
  }

  /** [n, m] × [k, m]. */
  static double[] innerProducts(double[] x, double[] rows, int n, int m, int k) {
    return fill(
        n * k,
        i -> {
          double sum = 0;
          for (int l = 0; l < m; l++) {
            sum += x[i / k * m + l] * rows[i % k * m + l];
          }
          return sum;
        });
  }

  static double[] layerNorm(double[] x, double[] scale, double[] bias) {
    int width = scale.length;
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += width) {
      double mean = 0;
      double variance = 0;
      for (int i = 0; i < width; i++) {
        mean += x[row + i] / width;
      }
      for (int i = 0; i < width; i++) {
        variance += (x[row + i] - mean) * (x[row + i] - mean) / width;
      }
      for (int i = 0; i < width; i++) {
        y[row + i] = (x[row + i] - mean) / Math.sqrt(variance + 1e-5) * scale[i] + bias[i];
      }
    }
    return y;
  }

  /** x [batch, anything, c]: neighbouring channels are normalised together, over all pixels. */
  static double[] groupNorm(double[] x, double[] scale, double[] bias, int batch, int groups) {
    int channels = scale.length;
    int size = channels / groups;
    int picture = x.length / batch;
    double[] y = new double[x.length];
    for (int b = 0; b < batch; b++) {
      for (int group = 0; group < groups; group++) {
        double[] members = new double[picture / groups];
        for (int i = 0; i < members.length; i++) {
          members[i] = x[b * picture + i / size * channels + group * size + i % size];
        }
        double[] ones = fill(members.length, i -> 1);
        double[] normal = layerNorm(members, ones, fill(members.length, i -> 0));
        for (int i = 0; i < members.length; i++) {
          int channel = group * size + i % size;
          y[b * picture + i / size * channels + channel] =
              normal[i] * scale[channel] + bias[channel];
        }
      }
    }
    return y;
  }

  static double[] softmax(double[] x, int width) {
    return map(logSoftmax(x, width), Math::exp);
  }

  static double[] logSoftmax(double[] x, int width) {
    double[] y = new double[x.length];
    for (int row = 0; row < x.length; row += width) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < width; i++) {
        largest = Math.max(largest, x[row + i]);
      }
      double total = 0;
      for (int i = 0; i < width; i++) {
        total += Math.exp(x[row + i] - largest);
      }
      for (int i = 0; i < width; i++) {
        y[row + i] = x[row + i] - largest - Math.log(total);
      }
    }
    return y;
  }

  static double[] attention(double[] qkv, int heads, int width, AttentionMask... masks) {
    int batch = masks.length;
    int length = qkv.length / 3 / width / batch;
    int size = width / heads;
    double[] y = new double[batch * length * width];
    for (int b = 0; b < batch; b++) {
      AttentionMask mask = masks[b];
      for (int head = 0; head < heads; head++) {
        for (int t = 0; t < length; t++) {
          int query = (b * length + t) * 3 * width + head * size;
          double[] weights = new double[length];
          double total = 0;
          for (int s = 0; s < length; s++) {
            if (visible(mask, t, s)) {
              int key = (b * length + s) * 3 * width + width + head * size;
              double score = 0;
              for (int i = 0; i < size; i++) {
                score += qkv[query + i] * qkv[key + i] / Math.sqrt(size);
              }
              weights[s] = Math.exp(score);
              total += weights[s];
            }
          }
          for (int s = 0; s < length; s++) {
            int value = (b * length + s) * 3 * width + 2 * width + head * size;
            for (int i = 0; i < size; i++) {
              y[(b * length + t) * width + head * size + i] += weights[s] / total * qkv[value + i];
            }
          }
        }
      }
    }
    return y;
  }

  /** Whether a query may look at a key, as DALL-E's figure 11 has it: by rows and columns. */
  private static boolean visible(AttentionMask mask, int query, int key) {
    if (key > query) {
      return false;
    }
    TokenGrid grid = mask.grid();
    int end = grid.first() + grid.height() * grid.width();
    boolean outside = key < grid.first() || query < grid.first() || query >= end || key >= end;
    int slot = query - grid.first();
    int other = key - grid.first();
    return switch (mask.pattern()) {
      case CAUSAL -> true;
      case LOCAL -> key == 0 || query - key < MaskPattern.WINDOW;
      case ROW -> outside || other >= slot - grid.width();
      case COLUMN -> outside || slot % grid.width() == other % grid.width();
      case CONV -> {
        boolean inside = outside;
        int half = grid.kernel() / 2;
        for (int row = 0; row <= half; row++) {
          for (int column = -half; column <= half; column++) {
            inside |= other == slot - row * grid.width() - column;
          }
        }
        yield inside;
      }
    };
  }

  static double[] normaliseHeads(double[] qkv, double[] queryScale, double[] keyScale, int width) {
    int size = queryScale.length;
    return fill(
        qkv.length,
        i -> {
          int column = i % (3 * width);
          if (column >= 2 * width) {
            return qkv[i];
          }
          double square = 0;
          for (int c = i - column % size; c < i - column % size + size; c++) {
            square += qkv[c] * qkv[c] / size;
          }
          double[] scale = column < width ? queryScale : keyScale;
          return qkv[i] / Math.sqrt(square + 1e-5) * scale[column % size];
        });
  }

  /** Turns complex numbers, whose parts are the halves of a head. */
  static double[] rotate(double[] qkv, double[][] angles, int[] positions, int width) {
    int pairs = angles[0].length;
    double[] y = qkv.clone();
    for (int row = 0; row < positions.length; row++) {
      for (int head = 0; head < 2 * width / pairs / 2; head++) {
        for (int i = 0; i < pairs; i++) {
          int real = row * 3 * width + head * 2 * pairs + i;
          double size = Math.hypot(qkv[real], qkv[real + pairs]);
          double angle = Math.atan2(qkv[real + pairs], qkv[real]) + angles[positions[row]][i];
          y[real] = size * Math.cos(angle);
          y[real + pairs] = size * Math.sin(angle);
        }
      }
    }
    return y;
  }

  /** x [batch, h, w, c], weight [k, k, c, o], padded evenly; the odd zero goes below and right. */
  static double[] conv2d(
      double[] x, double[] weight, double[] bias, int h, int w, int c, int k, int stride) {
    int batch = x.length / (h * w * c);
    int o = bias.length;
    int rows = h / stride;
    int columns = w / stride;
    int top = Math.max(0, (rows - 1) * stride + k - h) / 2;
    int left = Math.max(0, (columns - 1) * stride + k - w) / 2;
    return fill(
        batch * rows * columns * o,
        index -> {
          int channel = index % o;
          int column = index / o % columns;
          int row = index / o / columns % rows;
          int picture = index / o / columns / rows;
          double sum = bias[channel];
          for (int dy = 0; dy < k; dy++) {
            for (int dx = 0; dx < k; dx++) {
              int y = row * stride + dy - top;
              int z = column * stride + dx - left;
              if (y >= 0 && y < h && z >= 0 && z < w) {
                for (int i = 0; i < c; i++) {
                  sum +=
                      x[((picture * h + y) * w + z) * c + i]
                          * weight[((dy * k + dx) * c + i) * o + channel];
                }
              }
            }
          }
          return sum;
        });
  }

  /** x [batch, h, w, c], weight [k, k, o, c]: every pixel paints a weighted kernel. */
  static double[] transposedConv2d(
      double[] x, double[] weight, double[] bias, int h, int w, int c, int k, int stride) {
    int batch = x.length / (h * w * c);
    int o = bias.length;
    int rows = h * stride;
    int columns = w * stride;
    int top = Math.max(0, k - stride) / 2;
    double[] y = fill(batch * rows * columns * o, i -> bias[i % o]);
    for (int i = 0; i < x.length; i++) {
      int from = i % c;
      int column = i / c % w;
      int row = i / c / w % h;
      int picture = i / c / w / h;
      for (int tap = 0; tap < k * k * o; tap++) {
        int to = tap % o;
        int z = column * stride + tap / o % k - top;
        int v = row * stride + tap / o / k - top;
        if (z >= 0 && z < columns && v >= 0 && v < rows) {
          y[((picture * rows + v) * columns + z) * o + to] += x[i] * weight[tap * c + from];
        }
      }
    }
    return y;
  }

  /** [batch, h, w, c]: the pixels of a block follow each other, row by row, with all channels. */
  static double[] spaceToDepth(double[] x, int h, int w, int c, int block) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int channel = i % c;
      int column = i / c % w;
      int row = i / c / w % h;
      int picture = i / c / w / h;
      int place = (picture * (h / block) + row / block) * (w / block) + column / block;
      y[(place * block * block + row % block * block + column % block) * c + channel] = x[i];
    }
    return y;
  }
}
