package dev.tessera.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

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

  @Test
  void decodingFillsTheAskedRangeOnly() {
    ByteBuffer source = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    source.putFloat(0, 1.5f).putFloat(4, 2.5f);
    float[] target = {9, 9, 9, 9};
    DataType.F32.decode(source, target, 1, 2);
    assertThat(target).containsExactly(9, 1.5f, 2.5f, 9);
  }

  private static float[] decodeAll(DataType type) {
    ByteBuffer source = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int half = 0; half < 1 << 16; half++) {
      source.putShort(2 * half, (short) half);
    }
    float[] target = new float[1 << 16];
    type.decode(source, target, 0, target.length);
    return target;
  }
}
