package dev.tessera.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataTypeTest {
  @Test
  void everyHalfIsTheNumberThatItsBitsDefine() {
    float[] decoded = decodeAll(DataType.F16);
    for (int half = 0; half < 1 << 16; half++) {
      double sign = half < 0x8000 ? 1 : -1;
      int exponent = half / 1024 % 32;
      int fraction = half % 1024;
      double expected;
      if (exponent == 31) {
        expected = fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
      } else if (exponent == 0) {
        expected = sign * Math.pow(2, -14) * (fraction / 1024.0);
      } else {
        expected = sign * Math.pow(2, exponent - 15) * (1 + fraction / 1024.0);
      }
      // Bits tell zero from negative zero; floatToIntBits has but one NaN.
      assertThat(Float.floatToIntBits(decoded[half]))
          .as("half %x", half)
          .isEqualTo(Float.floatToIntBits((float) expected));
    }
  }

  @Test
  void everyBfloatIsTheUpperHalfOfAFloat() {
    float[] decoded = decodeAll(DataType.BF16);
    for (int half = 0; half < 1 << 16; half++) {
      assertThat(Float.floatToRawIntBits(decoded[half])).isEqualTo(half << 16);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyHalfThatIsANumberIsWrittenAsItself(DataType type) {
    float[] decoded = decodeAll(type);
    short[] encoded = encode(type, decoded);
    for (int half = 0; half < 1 << 16; half++) {
      if (!Float.isNaN(decoded[half])) {
        assertThat(encoded[half]).as("half %x", half).isEqualTo((short) half);
      }
    }
    assertThat(decode(type, encode(type, Float.NaN))).containsExactly(Float.NaN);
  }

  /** What lies between two neighbours goes to the nearer one, the middle to the even one. */
  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void otherNumbersAreRoundedToTheNearestHalf(DataType type) {
    float[] decoded = decodeAll(type);
    for (int half = 0; half < 0x8000 - 1; half++) {
      double low = decoded[half];
      double high = decoded[half + 1];
      if (!Double.isFinite(high)) {
        continue;
      }
      float middle = (float) ((low + high) / 2);
      short even = (short) (half % 2 == 0 ? half : half + 1);
      assertThat(encode(type, middle, -middle))
          .as("between %s and %s", low, high)
          .containsExactly(even, (short) (even | 0x8000));
      assertThat(encode(type, Math.nextDown(middle), Math.nextUp(middle)))
          .containsExactly((short) half, (short) (half + 1));
    }
  }

  @Test
  void whatIsTooLargeForAHalfIsInfinite() {
    float largest = 65504;
    assertThat(decode(DataType.F16, encode(DataType.F16, 65519.99f, 65520, -1e6f)))
        .containsExactly(largest, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
  }

  @Test
  void decodingFillsTheAskedRangeOnly() {
    ByteBuffer source = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    source.putFloat(0, 1.5f).putFloat(4, 2.5f);
    float[] target = {9, 9, 9, 9};
    DataType.F32.decode(source, target, 1, 2);
    assertThat(target).containsExactly(9, 1.5f, 2.5f, 9);
  }

  private static short[] encode(DataType type, float... values) {
    ByteBuffer target = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    type.encode(values, 0, values.length, target);
    short[] halves = new short[values.length];
    target.asShortBuffer().get(halves);
    return halves;
  }

  private static float[] decode(DataType type, short... halves) {
    ByteBuffer source = ByteBuffer.allocate(2 * halves.length).order(ByteOrder.LITTLE_ENDIAN);
    source.asShortBuffer().put(halves);
    float[] target = new float[halves.length];
    type.decode(source, target, 0, target.length);
    return target;
  }

  private static float[] decodeAll(DataType type) {
    short[] halves = new short[1 << 16];
    for (int half = 0; half < halves.length; half++) {
      halves[half] = (short) half;
    }
    return decode(type, halves);
  }
}
