package dev.tessera.engine.plan;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.Ops;
import dev.tessera.engine.graph.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;

/** A graph of random operations on random earlier results, all of shape [ROWS, WIDTH]. */
final class RandomGraph {
  static final int IDS = 5;
  private static final int ROWS = 8;
  private static final int WIDTH = 4;
  private static final int PICTURE = 2;
  private static final int KINDS = 20;

  final ModelGraph graph;
  final List<GraphTensor> tensors = new ArrayList<>();
  final GraphTensor loss;
  private final Ops ops;
  private final Random random;
  private final List<GraphTensor> weights = new ArrayList<>();

  RandomGraph(long seed, int operations) {
    this(
        seed,
        operations,
        new ModelGraph(new ParameterStore(seed, DataType.DOUBLE), DataType.DOUBLE));
  }

  RandomGraph(long seed, int operations, Execution execution) {
    this(seed, operations, new ModelGraph(new ParameterStore(seed, DataType.FLOAT), execution));
  }

  private RandomGraph(long seed, int operations, ModelGraph graph) {
    random = new Random(seed);
    this.graph = graph;
    ops = graph.ops();
    tensors.add(graph.placeholder("x", ROWS, WIDTH));
    tensors.add(ops.embedding(weight(IDS, WIDTH), graph.indices("ids", ROWS)));
    List<Integer> unused = new ArrayList<>(List.of(0, 1));
    for (int i = 0; i < operations; i++) {
      int first = random.nextInt(tensors.size());
      int second = random.nextInt(tensors.size());
      tensors.add(next(random.nextInt(KINDS), tensors.get(first), tensors.get(second)));
      unused.remove((Integer) first);
      unused.remove((Integer) second);
      unused.add(tensors.size() - 1);
    }
    GraphTensor sum = ops.sum(tensors.get(unused.get(0)));
    for (int leaf : unused.subList(1, unused.size())) {
      GraphTensor x = tensors.get(leaf);
      sum = ops.add(sum, ops.sum(ops.multiply(x, x)));
    }
    // Every parameter has a part in the loss, however the draws went.
    for (GraphTensor w : weights) {
      sum = ops.add(sum, ops.sum(ops.multiply(w, w)));
    }
    loss = sum.named("loss");
  }

  private GraphTensor weight(long... shape) {
    weights.add(graph.parameter("w" + weights.size(), Initialiser.normal(0.5), shape));
    return weights.get(weights.size() - 1);
  }

  private GraphTensor next(int kind, GraphTensor a, GraphTensor b) {
    return switch (kind) {
      case 0 -> ops.linear(a, weight(WIDTH, WIDTH), weight(WIDTH));
      case 1 -> ops.project(a, weight(WIDTH, WIDTH));
      case 2 -> ops.layerNorm(a, weight(WIDTH), weight(WIDTH));
      case 3 -> ops.gelu(a);
      case 4 -> ops.relu(a);
      case 5 -> ops.tanh(a);
      case 6 -> ops.softplus(ops.tanh(a));
      case 7 -> ops.softmax(a);
      case 8 -> ops.logSoftmax(ops.tanh(a));
      case 9 ->
          ops.attention(
              ops.project(ops.tanh(a), weight(WIDTH, 3 * WIDTH)),
              2,
              2,
              AttentionMask.of(MaskPattern.CAUSAL));
      case 10 -> ops.straightThrough(a, ops.round(b));
      case 11 -> convolution(a);
      case 12 -> pixels(a);
      case 13 -> ops.add(a, b);
      case 14 -> ops.subtract(a, b);
      case 15 -> ops.multiply(ops.tanh(a), b);
      case 16 -> ops.addRow(a, weight(WIDTH));
      case 17 -> ops.multiplyRow(a, weight(WIDTH));
      case 18 -> ops.affine(a, random.nextInt(3) - 1, random.nextInt(2));
      default -> ops.multiplyScalar(ops.abs(a), weight(1));
    };
  }

  private GraphTensor convolution(GraphTensor x) {
    GraphTensor picture = ops.reshape(x, 2, PICTURE, PICTURE, WIDTH);
    GraphTensor y = ops.conv2d(picture, weight(3, 3, WIDTH, WIDTH), weight(WIDTH), 1);
    return ops.reshape(y, ROWS, WIDTH);
  }

  private GraphTensor pixels(GraphTensor x) {
    GraphTensor picture = ops.reshape(x, 2, PICTURE, PICTURE, WIDTH);
    return ops.reshape(ops.depthToSpace(picture, 2), ROWS, WIDTH);
  }
}
