package dev.tessera.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.plan.GradientCheck;
import dev.tessera.engine.plan.GraphInputs;
import dev.tessera.engine.plan.Plan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Every operation against loops over doubles, and its gradient against differences. */
class OpsTest {
  private static final long SEED = 4711;
  static final int[] IDS = {2, 0, 2, 4, 2};
  static final int[] RANGE_OF_ROW = {0, 0, 0, 1, 0};

  /** Of rotary positions. */
  private static final double[][] ANGLES = {{0, 0}, {1, 0.1}, {-2, 0.2}, {3, 9}, {4, 0.4}};

  private static final List<ColumnRange> RANGES =
      List.of(new ColumnRange(0, 3, 4), new ColumnRange(3, 6, 1));

  /**
   * One operation on given inputs.
   *
   * @param shapes of the inputs, by name; their values are drawn
   * @param graph builds it; {@code ids} is a placeholder with {@link #IDS}
   * @param naive computes it
   * @param accuracy expected in double precision, relative to values around 1
   */
  record Case(
      String name,
      Map<String, long[]> shapes,
      BiFunction<Ops, Function<String, GraphTensor>, GraphTensor> graph,
      Function<Function<String, double[]>, double[]> naive,
      double accuracy) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case op(
      String name,
      Map<String, long[]> shapes,
      BiFunction<Ops, Function<String, GraphTensor>, GraphTensor> graph,
      Function<Function<String, double[]>, double[]> naive) {
    // ND4J has the slope of GELU in single precision, and constants come in it too.
    boolean single = name.equals("gelu") || name.startsWith("rotate");
    return new Case(name, shapes, graph, naive, single ? 1e-7 : 1e-12);
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  private static Case unary(
      String name,
      BiFunction<Ops, GraphTensor, GraphTensor> graph,
      Function<double[], double[]> naive) {
    return op(
        name,
        Map.of("x", shape(3, 4)),
        (ops, in) -> graph.apply(ops, in.apply("x")),
        in -> naive.apply(in.apply("x")));
  }

  private static Case binary(
      String name,
      Function<Ops, BiFunction<GraphTensor, GraphTensor, GraphTensor>> graph,
      BiFunction<Double, Double, Double> naive) {
    return op(
        name,
        Map.of("x", shape(2, 3, 2), "y", shape(2, 3, 2)),
        (ops, in) -> graph.apply(ops).apply(in.apply("x"), in.apply("y")),
        in -> NaiveOps.fill(12, i -> naive.apply(in.apply("x")[i], in.apply("y")[i])));
  }

  static Case linear(int rows, int inputs, int outputs) {
    return op(
        "linear",
        Map.of("x", shape(rows, inputs), "w", shape(inputs, outputs), "b", shape(outputs)),
        (ops, in) -> ops.linear(in.apply("x"), in.apply("w"), in.apply("b")),
        in -> {
          double[] y = NaiveOps.product(in.apply("x"), in.apply("w"), rows, inputs, outputs);
          return NaiveOps.fill(rows * outputs, i -> y[i] + in.apply("b")[i % outputs]);
        });
  }

  /** Attention with one mask for all of a batch. */
  static Case attention(int batch, int length, int heads, AttentionMask mask) {
    AttentionMask[] masks = new AttentionMask[batch];
    Arrays.fill(masks, mask);
    return op(
        "attention of " + length + " " + mask,
        Map.of("x", shape((long) batch * length, 12)),
        (ops, in) -> ops.attention(in.apply("x"), batch, heads, mask),
        in -> NaiveOps.attention(in.apply("x"), heads, 4, masks));
  }

  /** Attention of five sequences, each of which has one of two masks. */
  static Case attention(int length, int heads, AttentionMask first, AttentionMask second) {
    AttentionMask[] masks =
        Arrays.stream(RANGE_OF_ROW)
            .mapToObj(choice -> choice == 0 ? first : second)
            .toArray(AttentionMask[]::new);
    return op(
        "attention of " + length + " " + first + " or " + second,
        Map.of("x", shape((long) masks.length * length, 12)),
        (ops, in) ->
            ops.attention(in.apply("x"), heads, List.of(first, second), in.apply("ranges")),
        in -> NaiveOps.attention(in.apply("x"), heads, 4, masks));
  }

  private static Case normaliseHeads(int heads) {
    return op(
        "normalise " + heads + " heads",
        Map.of("x", shape(5, 24), "q", shape(8 / heads), "k", shape(8 / heads)),
        (ops, in) -> ops.normaliseHeads(in.apply("x"), heads, in.apply("q"), in.apply("k")),
        in -> NaiveOps.normaliseHeads(in.apply("x"), in.apply("q"), in.apply("k"), 8));
  }

  private static Case rotate(int heads) {
    int width = heads * 2 * ANGLES[0].length;
    return op(
        "rotate " + heads + " heads",
        Map.of("x", shape(5, 3L * width)),
        (ops, in) ->
            ops.rotate(
                in.apply("x"), heads, in.apply("cosines"), in.apply("sines"), in.apply("ids")),
        in -> NaiveOps.rotate(in.apply("x"), ANGLES, IDS, width));
  }

  private static double[] unitRows(double[] x) {
    return NaiveOps.fill(
        12,
        i -> {
          double squares = 0;
          for (int c = 0; c < 4; c++) {
            squares += x[i / 4 * 4 + c] * x[i / 4 * 4 + c];
          }
          return x[i] / Math.sqrt(squares);
        });
  }

  private static Case convolution(int kernel, int stride) {
    return op(
        "convolution " + kernel + "/" + stride,
        Map.of("x", shape(2, 4, 6, 3), "w", shape(kernel, kernel, 3, 5), "b", shape(5)),
        (ops, in) -> ops.conv2d(in.apply("x"), in.apply("w"), in.apply("b"), stride),
        in ->
            NaiveOps.conv2d(in.apply("x"), in.apply("w"), in.apply("b"), 4, 6, 3, kernel, stride));
  }

  static Stream<Case> cases() {
    return Stream.of(
        linear(3, 4, 5),
        op(
            "project",
            Map.of("x", shape(3, 4), "w", shape(4, 5)),
            (ops, in) -> ops.project(in.apply("x"), in.apply("w")),
            in -> NaiveOps.product(in.apply("x"), in.apply("w"), 3, 4, 5)),
        op(
            "inner products",
            Map.of("x", shape(3, 4), "r", shape(5, 4)),
            (ops, in) -> ops.innerProducts(in.apply("x"), in.apply("r")),
            in -> NaiveOps.innerProducts(in.apply("x"), in.apply("r"), 3, 4, 5)),
        op(
            "layer norm",
            Map.of("x", shape(3, 8), "w", shape(8), "b", shape(8)),
            (ops, in) -> ops.layerNorm(in.apply("x"), in.apply("w"), in.apply("b")),
            in -> NaiveOps.layerNorm(in.apply("x"), in.apply("w"), in.apply("b"))),
        op(
            "group norm",
            Map.of("x", shape(2, 3, 2, 6), "w", shape(6), "b", shape(6)),
            (ops, in) -> ops.groupNorm(in.apply("x"), in.apply("w"), in.apply("b"), 3),
            in -> NaiveOps.groupNorm(in.apply("x"), in.apply("w"), in.apply("b"), 2, 3)),
        unary("gelu", Ops::gelu, x -> NaiveOps.map(x, v -> v / (1 + Math.exp(-1.702 * v)))),
        unary("relu", Ops::relu, x -> NaiveOps.map(x, v -> Math.max(v, 0))),
        unary(
            "leaky relu",
            (ops, x) -> ops.leakyRelu(x, 0.2),
            x -> NaiveOps.map(x, v -> v > 0 ? v : 0.2 * v)),
        unary("tanh", Ops::tanh, x -> NaiveOps.map(x, Math::tanh)),
        unary("exp", Ops::exp, x -> NaiveOps.map(x, Math::exp)),
        unary(
            "log",
            (ops, x) -> ops.log(ops.affine(ops.multiply(x, x), 1, 0.2)),
            x -> NaiveOps.map(x, v -> Math.log(v * v + 0.2))),
        unary("unit rows", Ops::unitRows, OpsTest::unitRows),
        unary("softplus", Ops::softplus, x -> NaiveOps.map(x, v -> Math.log1p(Math.exp(v)))),
        unary("softmax", Ops::softmax, x -> NaiveOps.softmax(x, 4)),
        unary("log softmax", Ops::logSoftmax, x -> NaiveOps.logSoftmax(x, 4)),
        unary("abs", Ops::abs, x -> NaiveOps.map(x, Math::abs)),
        unary("round", Ops::round, x -> NaiveOps.map(x, Math::rint)),
        unary("sum", Ops::sum, x -> new double[] {Arrays.stream(x).sum()}),
        op(
            "multiply scalar by scalar",
            Map.of("x", shape(1, 1), "y", shape(1)),
            (ops, in) -> ops.multiplyScalar(in.apply("x"), in.apply("y")),
            in -> new double[] {in.apply("x")[0] * in.apply("y")[0]}),
        op(
            "sum of a row",
            Map.of("x", shape(1, 4)),
            (ops, in) -> ops.sum(in.apply("x")),
            in -> new double[] {Arrays.stream(in.apply("x")).sum()}),
        unary(
            "affine",
            (ops, x) -> ops.affine(x, -2.5, 0.75),
            x -> NaiveOps.map(x, v -> -2.5 * v + 0.75)),
        unary("affine without effect", (ops, x) -> ops.affine(x, 1, 0), x -> x),
        unary("reshape", (ops, x) -> ops.reshape(x, 2, 1, 6), x -> x),
        attention(2, 5, 2, AttentionMask.of(MaskPattern.CAUSAL)),
        attention(2, 5, 1, AttentionMask.of(MaskPattern.LOCAL)),
        attention(1, MaskPattern.WINDOW + 6, 4, AttentionMask.of(MaskPattern.LOCAL)),
        attention(1, MaskPattern.WINDOW + 6, 2, AttentionMask.of(MaskPattern.CAUSAL)),
        attention(2, 36, 2, new AttentionMask(MaskPattern.ROW, new TokenGrid(3, 5, 6))),
        attention(2, 36, 2, new AttentionMask(MaskPattern.COLUMN, new TokenGrid(3, 5, 6))),
        attention(2, 36, 2, new AttentionMask(MaskPattern.CONV, new TokenGrid(3, 5, 6))),
        attention(
            9,
            1,
            new AttentionMask(MaskPattern.ROW, new TokenGrid(4, 2, 3)),
            new AttentionMask(MaskPattern.ROW, new TokenGrid(1, 2, 3))),
        normaliseHeads(1),
        normaliseHeads(2),
        rotate(1),
        rotate(3),
        op(
            "embedding",
            Map.of("x", shape(5, 3)),
            (ops, in) -> ops.embedding(in.apply("x"), in.apply("ids")),
            in -> NaiveOps.fill(15, i -> in.apply("x")[IDS[i / 3] * 3 + i % 3])),
        op(
            "softmax cross-entropy",
            Map.of("x", shape(5, 6)),
            (ops, in) -> ops.softmaxCrossEntropy(in.apply("x"), in.apply("ids")),
            in -> {
              double[] y = NaiveOps.logSoftmax(in.apply("x"), 6);
              return NaiveOps.fill(5, i -> -y[i * 6 + IDS[i]]);
            }),
        convolution(1, 1),
        convolution(3, 1),
        convolution(4, 2),
        convolution(3, 2),
        op(
            "transposed convolution 4/2",
            Map.of("x", shape(2, 3, 5, 4), "w", shape(4, 4, 6, 4), "b", shape(6)),
            (ops, in) -> ops.transposedConv2d(in.apply("x"), in.apply("w"), in.apply("b"), 2),
            in ->
                NaiveOps.transposedConv2d(
                    in.apply("x"), in.apply("w"), in.apply("b"), 3, 5, 4, 4, 2)),
        op(
            "ranged cross-entropy",
            Map.of("x", shape(5, 3), "w", shape(3, 9)),
            (ops, in) ->
                ops.rangedCrossEntropy(
                    in.apply("x"), in.apply("w"), in.apply("ids"), in.apply("ranges"), RANGES),
            in -> rangedCrossEntropy(in.apply("x"), in.apply("w"))),
        op(
            "space to depth",
            Map.of("x", shape(2, 4, 6, 3)),
            (ops, in) -> ops.spaceToDepth(in.apply("x"), 2),
            in -> NaiveOps.spaceToDepth(in.apply("x"), 4, 6, 3, 2)),
        op(
            "depth to space",
            Map.of("x", shape(2, 4, 6, 3)),
            (ops, in) -> ops.depthToSpace(ops.spaceToDepth(in.apply("x"), 2), 2),
            in -> in.apply("x")),
        binary("add", ops -> ops::add, Double::sum),
        binary("subtract", ops -> ops::subtract, (a, b) -> a - b),
        binary("multiply", ops -> ops::multiply, (a, b) -> a * b),
        op(
            "add row",
            Map.of("x", shape(3, 4), "y", shape(4)),
            (ops, in) -> ops.addRow(in.apply("x"), in.apply("y")),
            in -> NaiveOps.fill(12, i -> in.apply("x")[i] + in.apply("y")[i % 4])),
        op(
            "multiply row",
            Map.of("x", shape(3, 4), "y", shape(4)),
            (ops, in) -> ops.multiplyRow(in.apply("x"), in.apply("y")),
            in -> NaiveOps.fill(12, i -> in.apply("x")[i] * in.apply("y")[i % 4])),
        op(
            "multiply scalar",
            Map.of("x", shape(2, 3, 2), "y", shape(1)),
            (ops, in) -> ops.multiplyScalar(in.apply("x"), in.apply("y")),
            in -> NaiveOps.fill(12, i -> in.apply("x")[i] * in.apply("y")[0])));
  }

  private static double[] rangedCrossEntropy(double[] x, double[] weight) {
    double[] logits = NaiveOps.product(x, weight, 5, 3, 9);
    return NaiveOps.fill(
        5,
        row -> {
          ColumnRange range = RANGES.get(RANGE_OF_ROW[row]);
          int start = row * 9;
          double[] seen =
              Arrays.copyOfRange(logits, start + (int) range.first(), start + (int) range.end());
          return -NaiveOps.logSoftmax(seen, seen.length)[IDS[row] - (int) range.first()];
        });
  }

  /** A graph with one operation, weighed element by element into a loss. */
  static final class Built {
    final ParameterStore store;
    final ModelGraph graph;
    final GraphTensor output;
    final GraphTensor loss;

    Built(Case one, DataType type) {
      this(one, new ParameterStore(SEED, type), store -> new ModelGraph(store, type));
    }

    Built(Case one, Execution execution) {
      this(
          one, new ParameterStore(SEED, DataType.FLOAT), store -> new ModelGraph(store, execution));
    }

    private Built(Case one, ParameterStore store, Function<ParameterStore, ModelGraph> making) {
      this.store = store;
      graph = making.apply(store);
      Map<String, GraphTensor> inputs = new HashMap<>();
      new TreeMap<>(one.shapes)
          .forEach(
              (name, sizes) ->
                  inputs.put(name, graph.parameter(name, Initialiser.normal(1), sizes)));
      inputs.put("ids", graph.indices("ids", IDS.length));
      inputs.put("ranges", graph.indices("ranges", IDS.length));
      inputs.put("cosines", angles(graph, Math::cos));
      inputs.put("sines", angles(graph, Math::sin));
      output = one.graph.apply(graph.ops(), name -> Objects.requireNonNull(inputs.get(name)));
      GraphTensor weights = normal(graph, output.shape());
      loss = graph.ops().sum(graph.ops().multiply(output, weights)).named("loss");
    }

    double[] values(String name) {
      return store.array(name).data().asDouble();
    }
  }

  private static GraphTensor angles(ModelGraph graph, DoubleUnaryOperator function) {
    double[] values = Arrays.stream(ANGLES).flatMapToDouble(Arrays::stream).map(function).toArray();
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return graph.constant(rounded, ANGLES.length, ANGLES[0].length);
  }

  /** Constants drawn like parameters. */
  private static GraphTensor normal(ModelGraph graph, long... shape) {
    int length = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = GraphInputs.gaussians(new Random(SEED), length, 1);
    return graph.constant(values, shape);
  }

  private static void assertForward(Case one, DataType type, double accuracy) {
    Built built = new Built(one, type);
    Plan plan = Plan.forward(built.graph, built.output);
    plan.set("ids", IDS);
    plan.set("ranges", RANGE_OF_ROW);
    plan.run();
    double[] expected = one.naive.apply(built::values);
    assertThat(built.output.length()).isEqualTo(expected.length);
    assertThat(plan.output(built.output.name()).shape()).isEqualTo(built.output.shape());
    double[] actual = plan.output(built.output.name()).dup('c').data().asDouble();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within(accuracy * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTheDefinitionSays(Case one) {
    assertForward(one, DataType.DOUBLE, one.accuracy);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void singlePrecisionIsCloseToo(Case one) {
    assertForward(one, DataType.FLOAT, 1e-5);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientAgreesWithDifferences(Case one) {
    Built built = new Built(one, DataType.DOUBLE);
    Plan plan = Plan.training(built.graph, built.loss, one.shapes.keySet());
    plan.set("ids", IDS);
    plan.set("ranges", RANGE_OF_ROW);
    GradientCheck.assertAgree(plan, "loss", built.store, one.shapes.keySet(), SEED);
  }

  @ParameterizedTest
  @EnumSource
  void nearestFindsTheRowAtTheSmallestDistance(Execution.Operations operations) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(store, new Execution(operations, Execution.Precision.F32));
    GraphTensor vectors = graph.parameter("v", Initialiser.normal(1), 40, 3);
    GraphTensor codebook = graph.parameter("e", Initialiser.normal(1), 9, 3);
    Plan plan = Plan.forward(graph, graph.ops().nearest(vectors, codebook).named("nearest"));
    plan.run();
    float[] v = HostCopy.floats(store.array("v"));
    float[] e = HostCopy.floats(store.array("e"));
    int[] expected = new int[40];
    for (int i = 0; i < expected.length; i++) {
      double smallest = Double.POSITIVE_INFINITY;
      for (int k = 0; k < 9; k++) {
        double distance = 0;
        for (int c = 0; c < 3; c++) {
          distance += Math.pow((double) v[i * 3 + c] - e[k * 3 + c], 2);
        }
        if (distance < smallest) {
          smallest = distance;
          expected[i] = k;
        }
      }
    }
    assertThat(plan.output("nearest").toIntVector()).containsExactly(expected);
    assertThat(Arrays.stream(expected).distinct().count()).isGreaterThan(4);
  }

  @Test
  void theGradientsOfAParameterUsedInTwoPlacesAddUp() {
    ParameterStore store = new ParameterStore(SEED, DataType.DOUBLE);
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor first = graph.parameter("x", Initialiser.normal(1), 3, 4);
    GraphTensor second = graph.parameter("x", Initialiser.normal(1), 3, 4);
    Ops ops = graph.ops();
    GraphTensor product = ops.multiply(first, second);
    GraphTensor loss = ops.sum(ops.add(product, ops.affine(second, 3, 0))).named("loss");
    Plan plan = Plan.training(graph, loss, graph.parameters());
    plan.run();
    double[] x = store.array("x").dup('c').data().asDouble();
    double[] gradient = plan.gradient("x").dup('c').data().asDouble();
    for (int i = 0; i < x.length; i++) {
      assertThat(gradient[i]).isCloseTo(2 * x[i] + 3, within(1e-9));
    }
    assertThat(graph.parameters()).containsExactly("x");
  }

  @Test
  void straightThroughHasTheValueOfOneAndTheGradientOfTheOther() {
    ParameterStore store = new ParameterStore(SEED, DataType.DOUBLE);
    ModelGraph graph = new ModelGraph(store, DataType.DOUBLE);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), 3, 4);
    GraphTensor y = graph.parameter("y", Initialiser.normal(1), 3, 4);
    GraphTensor output = graph.ops().straightThrough(x, y).named("output");
    GraphTensor weights = normal(graph, 3, 4);
    GraphTensor loss = graph.ops().sum(graph.ops().multiply(output, weights)).named("loss");
    Plan plan = Plan.training(graph, loss, List.of("x", "y"), output, weights);
    plan.run();
    double[] value = plan.output("output").data().asDouble();
    assertThat(value).containsExactly(store.array("y").data().asDouble(), within(1e-6));
    assertThat(plan.gradient("x").data().asDouble())
        .containsExactly(plan.output(weights.name()).data().asDouble());
    assertThat(plan.gradient("y").data().asDouble()).containsOnly(0.0);
  }

  /** The matrix is made from its definition, and must turn the input into the value. */
  @ParameterizedTest
  @EnumSource
  void aRotatedGradientIsTurnedAndScaledAsTheVectorWas(Execution.Operations operations) {
    ParameterStore store = new ParameterStore(SEED, DataType.FLOAT);
    Execution execution = new Execution(operations, Execution.Precision.F32);
    ModelGraph graph = new ModelGraph(store, execution);
    GraphTensor x = graph.parameter("x", Initialiser.normal(1), 3, 4);
    GraphTensor y = graph.parameter("y", Initialiser.normal(1), 3, 4);
    GraphTensor output = graph.ops().rotated(x, y).named("output");
    GraphTensor weights = normal(graph, 3, 4);
    GraphTensor loss = graph.ops().sum(graph.ops().multiply(output, weights)).named("loss");
    Plan plan = Plan.training(graph, loss, List.of("x"), output, weights);
    plan.run();
    assertThat(plan.floats("output"))
        .containsExactly(HostCopy.floats(store.array("y")), within(1e-5f));
    double[] dy = plan.output(weights.name()).castTo(DataType.DOUBLE).data().asDouble();
    double[] dx = plan.gradient("x").castTo(DataType.DOUBLE).data().asDouble();
    for (int row = 0; row < 3; row++) {
      double[] from = row(store, "x", row);
      double[] to = row(store, "y", row);
      double[][] turn = scaledRotation(from, to);
      for (int i = 0; i < 4; i++) {
        double turned = 0;
        double back = 0;
        for (int j = 0; j < 4; j++) {
          turned += turn[i][j] * from[j];
          back += turn[j][i] * dy[row * 4 + j];
        }
        assertThat(turned).isCloseTo(to[i], within(1e-5));
        assertThat(dx[row * 4 + i]).isCloseTo(back, within(1e-4));
      }
    }
  }

  private static double[] row(ParameterStore store, String name, int row) {
    double[] all = store.array(name).castTo(DataType.DOUBLE).data().asDouble();
    return Arrays.copyOfRange(all, row * 4, row * 4 + 4);
  }

  private static double length(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
  }

  /** λ (I − 2 r rᵀ + 2 q eᵀ) with unit vectors e and q of both, and r of their sum. */
  private static double[][] scaledRotation(double[] from, double[] to) {
    double[] sum = new double[4];
    for (int i = 0; i < 4; i++) {
      sum[i] = from[i] / length(from) + to[i] / length(to);
    }
    double[][] turn = new double[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        double reflected = 2 * sum[i] * sum[j] / length(sum) / length(sum);
        double turned = 2 * to[i] * from[j] / length(to) / length(from);
        turn[i][j] = length(to) / length(from) * ((i == j ? 1 : 0) - reflected + turned);
      }
    }
    return turn;
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void extremeInputsNeitherOverflowNorUnderflow(DataType type) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, type), type);
    Ops ops = graph.ops();
    GraphTensor x = graph.placeholder("x", 2, 3);
    GraphTensor softplus = ops.softplus(x).named("positive");
    GraphTensor logSoftmax = ops.logSoftmax(x).named("logarithms");
    GraphTensor softmax = ops.softmax(x).named("shares");
    Plan plan = Plan.forward(graph, softplus, logSoftmax, softmax);
    plan.set("x", new float[] {-300, 0, 300, 5000, 5000, -5000});
    plan.run();
    assertThat(plan.floats("positive"))
        .containsExactly(new float[] {0, (float) Math.log(2), 300, 5000, 5000, 0}, within(1e-6f));
    float half = (float) Math.log(0.5);
    assertThat(plan.floats("logarithms"))
        .containsExactly(new float[] {-600, -300, 0, half, half, half - 10000}, within(1e-3f));
    assertThat(plan.floats("shares"))
        .containsExactly(new float[] {0, 0, 1, 0.5f, 0.5f, 0}, within(1e-6f));
  }

  @Test
  void aRowWithoutVarianceIsNormalisedToTheBias() {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    GraphTensor x = graph.placeholder("x", 1, 4);
    GraphTensor scale = graph.constant(new float[] {1, 2, 3, 4}, 4);
    GraphTensor bias = graph.constant(new float[] {4, 3, 2, 1}, 4);
    Plan plan = Plan.forward(graph, graph.ops().layerNorm(x, scale, bias).named("y"));
    plan.set("x", new float[] {7, 7, 7, 7});
    plan.run();
    assertThat(plan.floats("y")).containsExactly(new float[] {4, 3, 2, 1}, within(1e-6f));
  }
}
