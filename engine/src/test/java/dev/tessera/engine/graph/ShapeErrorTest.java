package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

class ShapeErrorTest {
  private static final AttentionMask CAUSAL = AttentionMask.of(MaskPattern.CAUSAL);
  private static final List<AttentionMask> LIST = List.of(CAUSAL, CAUSAL);

  /** Makes tensors of any shape. */
  interface Maker {
    GraphTensor of(long... shape);
  }

  private static Named<BiConsumer<Ops, Maker>> wrong(String name, BiConsumer<Ops, Maker> call) {
    return Named.of(name, call);
  }

  static Stream<Named<BiConsumer<Ops, Maker>>> wrongCalls() {
    return Stream.of(
        wrong("linear, inputs", (ops, t) -> ops.linear(t.of(3, 4), t.of(5, 2), t.of(2))),
        wrong("linear, bias", (ops, t) -> ops.linear(t.of(3, 4), t.of(4, 2), t.of(3))),
        wrong("project, inputs", (ops, t) -> ops.project(t.of(3, 4), t.of(3, 4))),
        wrong("project, a vector", (ops, t) -> ops.project(t.of(3, 4), t.of(4))),
        wrong("inner products, columns", (ops, t) -> ops.innerProducts(t.of(3, 4), t.of(4, 3))),
        wrong("layer norm, scale", (ops, t) -> ops.layerNorm(t.of(3, 4), t.of(3), t.of(4))),
        wrong("layer norm, bias", (ops, t) -> ops.layerNorm(t.of(3, 4), t.of(4), t.of(3))),
        wrong("attention, rows", (ops, t) -> ops.attention(t.of(7, 12), 2, 2, CAUSAL)),
        wrong("attention, columns", (ops, t) -> ops.attention(t.of(8, 13), 2, 2, CAUSAL)),
        wrong("attention, heads", (ops, t) -> ops.attention(t.of(8, 12), 2, 3, CAUSAL)),
        wrong("attention, sequences", (ops, t) -> ops.attention(t.of(8, 12), 2, LIST, t.of(3))),
        wrong(
            "normalise heads, scale",
            (ops, t) -> ops.normaliseHeads(t.of(8, 12), 2, t.of(2), t.of(4))),
        wrong(
            "normalise heads, heads",
            (ops, t) -> ops.normaliseHeads(t.of(8, 12), 3, t.of(1), t.of(1))),
        wrong(
            "rotate, an odd head",
            (ops, t) -> ops.rotate(t.of(8, 18), 2, t.of(9, 1), t.of(9, 1), t.of(8))),
        wrong(
            "rotate, sines",
            (ops, t) -> ops.rotate(t.of(8, 12), 2, t.of(9, 1), t.of(8, 1), t.of(8))),
        wrong(
            "rotate, positions",
            (ops, t) -> ops.rotate(t.of(8, 12), 2, t.of(9, 1), t.of(9, 1), t.of(7))),
        wrong("cross-entropy, targets", (ops, t) -> ops.softmaxCrossEntropy(t.of(3, 4), t.of(4))),
        wrong("straight through", (ops, t) -> ops.straightThrough(t.of(3, 4), t.of(4, 3))),
        wrong(
            "convolution, channels",
            (ops, t) -> ops.conv2d(t.of(1, 4, 4, 3), t.of(3, 3, 2, 5), t.of(5), 1)),
        wrong(
            "convolution, kernel",
            (ops, t) -> ops.conv2d(t.of(1, 4, 4, 3), t.of(3, 1, 3, 5), t.of(5), 1)),
        wrong(
            "convolution, bias",
            (ops, t) -> ops.conv2d(t.of(1, 4, 4, 3), t.of(3, 3, 3, 5), t.of(3), 1)),
        wrong(
            "convolution, stride",
            (ops, t) -> ops.conv2d(t.of(1, 5, 4, 3), t.of(4, 4, 3, 5), t.of(5), 2)),
        wrong("space to depth", (ops, t) -> ops.spaceToDepth(t.of(1, 4, 3, 2), 2)),
        wrong("depth to space", (ops, t) -> ops.depthToSpace(t.of(1, 4, 4, 6), 2)),
        wrong("reshape", (ops, t) -> ops.reshape(t.of(3, 4), 5, 2)),
        wrong("add", (ops, t) -> ops.add(t.of(3, 4), t.of(3, 1))),
        wrong("subtract", (ops, t) -> ops.subtract(t.of(3, 4), t.of(1, 4))),
        wrong("multiply", (ops, t) -> ops.multiply(t.of(3, 4), t.of(1))),
        wrong("add row", (ops, t) -> ops.addRow(t.of(3, 4), t.of(3))),
        wrong("multiply row", (ops, t) -> ops.multiplyRow(t.of(3, 4), t.of(1, 4))),
        wrong("multiply scalar", (ops, t) -> ops.multiplyScalar(t.of(3, 4), t.of(2))));
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void shapesThatDoNotFitAreNamed(BiConsumer<Ops, Maker> call) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    int[] count = {0};
    Maker maker = shape -> graph.placeholder("tensor" + count[0]++, shape);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> call.accept(graph.ops(), maker))
        .withMessageMatching("(?s).*\\d.*");
  }

  @Test
  void aTensorKnowsItsShape() {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 2, 3, 5);
    assertThat(x.rank()).isEqualTo(3);
    assertThat(x.size(1)).isEqualTo(3);
    assertThat(x.size(-1)).isEqualTo(5);
    assertThat(x.length()).isEqualTo(30);
    x.shape()[0] = 9;
    assertThat(x.shape()).containsExactly(2, 3, 5);
    assertThat(x).hasToString("x[2, 3, 5]");
  }
}
