package dev.tessera.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.PackedLinear.Rounding;
import dev.tessera.engine.random.CounterRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

class PackedLinearTest {
  private static final int ROWS = 20;

  /** Sizes that kernels like and sizes that they must pad. */
  @ParameterizedTest
  @CsvSource({
    "64, 96, NONE, BFLOAT16",
    "64, 96, GELU, BFLOAT16",
    "42, 37, NONE, BFLOAT16",
    "43, 37, NONE, BFLOAT16",
    "5, 64, NONE, BFLOAT16",
    "7, 1, GELU, BFLOAT16",
    "1024, 64, NONE, BFLOAT16",
    "64, 96, NONE, INT8",
    "43, 37, GELU, INT8"
  })
  void rowsAreThoseOfTheDefinition(int in, int out, Activation activation, Rounding rounding) {
    CounterRandom random = new CounterRandom(in + out, "packed", 0);
    float[] weights = gaussian(random, in * out, 1 / Math.sqrt(in));
    float[] bias = gaussian(random, out, 1);
    float[] x = gaussian(random, ROWS * in, 1);

    OneDnn dnn = new OneDnn();
    NativeMatrix input = new NativeMatrix(dnn, DataType.BFLOAT16, ROWS, in);
    // Wider than the product, which must not touch what lies beside it.
    NativeMatrix output = new NativeMatrix(dnn, DataType.FLOAT, ROWS, out + 5);
    for (int row = 0; row < ROWS; row++) {
      input.put(row, 0, rounded(x), row * in, in);
    }
    PackedLinear linear = new PackedLinear(dnn, new Arena(dnn), weights, bias, in, rounding);
    for (int tile = 0; tile < NativeMatrix.tiles(ROWS); tile++) {
      linear.product(dnn, input.tile(tile), output.tile(tile, 3, 3 + out), activation).run(linear);
    }

    float[] found = new float[out + 5];
    for (int row = 0; row < ROWS; row++) {
      output.get(row, 0, found, 0, out + 5);
      for (int j = 0; j < out; j++) {
        double expected = bias[j];
        double size = Math.abs(bias[j]);
        for (int i = 0; i < in; i++) {
          double product = (double) x[row * in + i] * weights[i * out + j];
          expected += product;
          size += Math.abs(product);
        }
        if (activation == Activation.GELU) {
          expected /= 1 + Math.exp(-1.702 * expected);
        }
        assertThat((double) found[3 + j])
            .as("row %d, column %d", row, j)
            .isCloseTo(expected, within(0.01 * size));
      }
      assertThat(new float[] {found[0], found[1], found[2], found[out + 3], found[out + 4]})
          .containsOnly(0);
    }
  }

  /** For a row it does not matter where in a tile it stands and what the others are. */
  @ParameterizedTest
  @EnumSource
  void aRowDoesNotDependOnItsNeighbours(Rounding rounding) {
    int in = 256;
    int out = 128;
    CounterRandom random = new CounterRandom(5, "neighbours", 0);
    OneDnn dnn = new OneDnn();
    PackedLinear linear =
        new PackedLinear(
            dnn,
            new Arena(dnn),
            gaussian(random, in * out, 0.1),
            gaussian(random, out, 1),
            in,
            rounding);
    NativeMatrix input = new NativeMatrix(dnn, DataType.BFLOAT16, 1, in);
    NativeMatrix output = new NativeMatrix(dnn, DataType.FLOAT, 1, out);
    PackedProduct product = linear.product(dnn, input.tile(0), output.tile(0), Activation.GELU);
    float[] same = gaussian(random, in, 1);
    float[] alone = new float[out];
    float[] found = new float[out];
    input.put(0, 0, rounded(same), 0, in);
    product.run(linear);
    output.get(0, 0, alone, 0, out);
    for (int place = 0; place < PackedLinear.TILE; place++) {
      float[] others = gaussian(random, PackedLinear.TILE * in, 100);
      input.put(0, 0, rounded(others), 0, others.length);
      input.put(place, 0, rounded(same), 0, in);
      product.run(linear);
      output.get(place, 0, found, 0, out);
      assertThat(found).as("place %d", place).isEqualTo(alone);
    }
  }

  /** Whatever else is in its tile, and whatever becomes of the product. */
  @ParameterizedTest
  @EnumSource
  void aRowByItselfHasTheBitsThatItHasInATile(Rounding rounding) {
    assumeThat(OneDnn.multipliesBfloat16()).isTrue();
    int[][] all = {
      {42, 37}, {48, 36}, {64, 1}, {96, 96}, {192, 96}, {256, 384}, {512, 256}, {2048, 256}
    };
    for (int[] sizes : all) {
      int in = sizes[0];
      int out = sizes[1];
      CounterRandom random = new CounterRandom(in + out, "alone", 0);
      OneDnn dnn = new OneDnn();
      PackedLinear linear =
          new PackedLinear(
              dnn,
              new Arena(dnn),
              gaussian(random, in * out, 0.1),
              gaussian(random, out, 1),
              in,
              rounding);
      if (in >= 256 && OneDnn.multipliesTiles()) {
        assertThat(linear.takesRowsAlone()).as("%d to %d", in, out).isTrue();
      } else if (!linear.takesRowsAlone()) {
        continue;
      }
      NativeMatrix input = new NativeMatrix(dnn, DataType.BFLOAT16, 1, in);
      float[] x = gaussian(random, PackedLinear.TILE * in, 1);
      float[] before = gaussian(random, PackedLinear.TILE * out, 1);
      input.put(0, 0, rounded(x), 0, x.length);
      for (Activation activation : Activation.values()) {
        NativeMatrix tile = new NativeMatrix(dnn, DataType.FLOAT, 1, out);
        NativeMatrix alone = new NativeMatrix(dnn, DataType.FLOAT, 1, out);
        tile.put(0, 0, before, 0, before.length);
        alone.put(0, 0, before, 0, before.length);
        linear.product(dnn, input.tile(0), tile.tile(0), activation).run(linear);
        linear.product(dnn, input.rows(0, 1), alone.rows(0, 1), activation).run(linear);
        float[] expected = new float[out];
        float[] found = new float[out];
        tile.get(0, 0, expected, 0, out);
        alone.get(0, 0, found, 0, out);
        assertThat(found).as("%d to %d, %s", in, out, activation).isEqualTo(expected);
        alone.get(1, 0, found, 0, out);
        assertThat(found).isEqualTo(Arrays.copyOfRange(before, out, 2 * out));
      }
    }
  }

  /** In turn, each with weights, factors and a bias of its own. */
  @ParameterizedTest
  @EnumSource
  void oneProductServesAllMapsOfAShape(Rounding rounding) {
    int in = 64;
    int out = 32;
    CounterRandom random = new CounterRandom(9, "shape", 0);
    OneDnn dnn = new OneDnn();
    NativeMatrix input = new NativeMatrix(dnn, DataType.BFLOAT16, 1, in);
    NativeMatrix output = new NativeMatrix(dnn, DataType.FLOAT, 1, out);
    float[] x = gaussian(random, PackedLinear.TILE * in, 1);
    input.put(0, 0, rounded(x), 0, x.length);
    PackedLinear[] maps = new PackedLinear[3];
    float[][] expected = new float[3][];
    for (int i = 0; i < maps.length; i++) {
      float[] weights = gaussian(random, in * out, 1 << i);
      float[] bias = gaussian(random, out, 1);
      maps[i] = new PackedLinear(dnn, new Arena(dnn), weights, bias, in, rounding);
      expected[i] = product(weights, bias, x, rounding);
    }
    PackedProduct product = maps[0].product(dnn, input.tile(0), output.tile(0), Activation.GELU);
    float[] found = new float[PackedLinear.TILE * out];
    for (int i : new int[] {2, 0, 1, 1, 2}) {
      product.run(maps[i]);
      output.get(0, 0, found, 0, found.length);
      assertThat(found).as("map %d", i).isEqualTo(expected[i]);
    }
    PackedLinear other =
        new PackedLinear(dnn, new Arena(dnn), new float[12], new float[3], 4, rounding);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> product.run(other))
        .withMessage(
            "the product was made for weights of 64 × 32 in %s, but was asked of 4 × 3 in %s",
            rounding, rounding);
  }

  @Test
  void otherNumbersOfRowsAreRefused() {
    OneDnn dnn = new OneDnn();
    NativeMatrix x = new NativeMatrix(dnn, DataType.BFLOAT16, 3, 4);
    PackedLinear linear =
        new PackedLinear(dnn, new Arena(dnn), new float[12], new float[3], 4, Rounding.BFLOAT16);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                linear.product(
                    dnn,
                    x.rows(0, 3),
                    new NativeMatrix(dnn, DataType.FLOAT, 3, 3).rows(0, 3),
                    Activation.NONE))
        .withMessage("a product was asked for 3 rows, but must be for a tile of 16");
  }

  /** Members of a team take as many columns as there are threads to share them out among. */
  @ParameterizedTest
  @EnumSource
  void aColumnDoesNotDependOnItsNeighbours(Rounding rounding) {
    int out = 480;
    for (int in : new int[] {48, 256, 1024}) {
      CounterRandom random = new CounterRandom(in, "columns", 0);
      float[] weights = gaussian(random, in * out, 0.1);
      float[] bias = gaussian(random, out, 1);
      float[] x = gaussian(random, PackedLinear.TILE * in, 1);
      float[] whole = product(weights, bias, x, rounding);
      for (int width : new int[] {32, 96, 160, 240}) {
        for (int from = 0; from + width <= out; from += width) {
          float[] part = new float[in * width];
          for (int i = 0; i < in; i++) {
            System.arraycopy(weights, i * out + from, part, i * width, width);
          }
          float[] found = product(part, Arrays.copyOfRange(bias, from, from + width), x, rounding);
          for (int row = 0; row < PackedLinear.TILE; row++) {
            assertThat(Arrays.copyOfRange(found, row * width, (row + 1) * width))
                .as("%d columns from %d on, %d weights each, row %d", width, from, in, row)
                .isEqualTo(Arrays.copyOfRange(whole, row * out + from, row * out + from + width));
          }
        }
      }
    }
  }

  /** One tile. */
  private static float[] product(float[] weights, float[] bias, float[] x, Rounding rounding) {
    OneDnn dnn = new OneDnn();
    int in = x.length / PackedLinear.TILE;
    NativeMatrix input = new NativeMatrix(dnn, DataType.BFLOAT16, 1, in);
    NativeMatrix output = new NativeMatrix(dnn, DataType.FLOAT, 1, bias.length);
    input.put(0, 0, rounded(x), 0, x.length);
    PackedLinear linear = new PackedLinear(dnn, new Arena(dnn), weights, bias, in, rounding);
    linear.product(dnn, input.tile(0), output.tile(0), Activation.GELU).run(linear);
    float[] found = new float[PackedLinear.TILE * bias.length];
    output.get(0, 0, found, 0, found.length);
    return found;
  }

  private static short[] rounded(float[] values) {
    short[] rounded = new short[values.length];
    Bfloat16.round(values, 0, rounded, 0, values.length);
    return rounded;
  }

  @Test
  void weightsOfAnotherNumberAreRefused() {
    OneDnn dnn = new OneDnn();
    Arena arena = new Arena(dnn);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new PackedLinear(dnn, arena, new float[11], new float[3], 4, Rounding.INT8))
        .withMessage("there are 11 weights, but must be 4 times 3");
  }

  private static float[] gaussian(CounterRandom random, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
