package dev.tessera.engine.store;

import dev.tessera.engine.onednn.Bfloat16;
import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** The types of values in a file, by their names there; in memory all of them are 32-bit floats. */
public enum DataType {
  F32(4) {
    @Override
    void decode(ByteBuffer source, float[] target, int offset, int count) {
      source.asFloatBuffer().get(target, offset, count);
    }

    @Override
    void encode(float[] source, int offset, int count, ByteBuffer target) {
      target.asFloatBuffer().put(source, offset, count);
    }
  },

  /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
  F16(2) {
    @Override
    void decode(ByteBuffer source, float[] target, int offset, int count) {
      ShortBuffer halves = source.asShortBuffer();
      for (int i = 0; i < count; i++) {
        target[offset + i] = half(halves.get(i));
      }
    }

    @Override
    void encode(float[] source, int offset, int count, ByteBuffer target) {
      ShortBuffer halves = target.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, half(source[offset + i]));
      }
    }
  },

  /** The upper half of a 32-bit float. */
  BF16(2) {
    @Override
    void decode(ByteBuffer source, float[] target, int offset, int count) {
      ShortBuffer halves = source.asShortBuffer();
      for (int i = 0; i < count; i++) {
        target[offset + i] = Bfloat16.floatOf(halves.get(i));
      }
    }

    @Override
    void encode(float[] source, int offset, int count, ByteBuffer target) {
      ShortBuffer halves = target.asShortBuffer();
      for (int i = 0; i < count; i++) {
        halves.put(i, Bfloat16.round(source[offset + i]));
      }
    }
  };

  /** Halfway from the largest 16-bit number to where the next one would be: rounded to infinity. */
  private static final float HALF_OVERFLOW = 65520;

  private static final float SMALLEST_NORMAL_HALF = 0x1p-14f;

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one value. */
  int bytes() {
    return bytes;
  }

  /** Turns {@code count} values at the start of {@code source} into floats. */
  abstract void decode(ByteBuffer source, float[] target, int offset, int count);

  /**
   * Writes {@code count} floats to the start of {@code target}, each as the nearest number of this
   * type, of two equally near ones that whose last bit is 0. What is too large becomes infinite.
   */
  abstract void encode(float[] source, int offset, int count, ByteBuffer target);

  private static float half(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1F;
    int fraction = half & 0x3FF;
    int magnitude =
        switch (exponent) {
          case 0 -> Float.floatToRawIntBits(fraction * 0x1p-24f); // zero and subnormal numbers
          case 0x1F -> 0x7F800000 | fraction << 13; // infinity and NaN
          default -> (exponent - 15 + 127) << 23 | fraction << 13;
        };
    return Float.intBitsToFloat(sign | magnitude);
  }

  private static short half(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    int half;
    if (Float.isNaN(value)) {
      half = 0x7E00;
    } else if (magnitude >= HALF_OVERFLOW) {
      half = 0x7C00;
    } else if (magnitude < SMALLEST_NORMAL_HALF) {
      half = (int) Math.rint(magnitude * 0x1p24); // zero and subnormal numbers
    } else {
      int bits = Float.floatToRawIntBits(magnitude) - ((127 - 15) << 23);
      half = (bits + 0xFFF + ((bits >>> 13) & 1)) >>> 13;
    }
    return (short) (sign | half);
  }
}
