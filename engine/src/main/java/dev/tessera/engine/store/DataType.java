package dev.tessera.engine.store;

import java.nio.ByteBuffer;
import java.nio.ShortBuffer;

/** The types of values that can be read as 32-bit floats, by their names in a file. */
enum DataType {
  F32(4) {
    @Override
    void decode(ByteBuffer source, float[] target, int offset, int count) {
      source.asFloatBuffer().get(target, offset, count);
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
  },

  /** The upper half of a 32-bit float. */
  BF16(2) {
    @Override
    void decode(ByteBuffer source, float[] target, int offset, int count) {
      ShortBuffer halves = source.asShortBuffer();
      for (int i = 0; i < count; i++) {
        target[offset + i] = Float.intBitsToFloat(halves.get(i) << 16);
      }
    }
  };

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
}
