package dev.tessera.vqvae.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PixelTransformTest {
  @Test
  void everyByteComesBack() {
    byte[] all = new byte[256];
    for (int value = 0; value < 256; value++) {
      all[value] = (byte) value;
    }
    float[] floats = new float[300];
    byte[] back = new byte[256];

    PixelTransform.toFloats(all, floats, 44);
    PixelTransform.toBytes(floats, 44, back);

    assertThat(back).isEqualTo(all);
    assertThat(floats[43]).isZero();
  }

  @Test
  void theRangeIsMinusOneToOne() {
    assertThat(PixelTransform.toFloat((byte) 0)).isEqualTo(-1f);
    assertThat(PixelTransform.toFloat((byte) 255)).isEqualTo(1f);
    for (int value = 1; value < 256; value++) {
      assertThat(PixelTransform.toFloat((byte) value))
          .isGreaterThan(PixelTransform.toFloat((byte) (value - 1)));
    }
  }

  @Test
  void valuesBeyondTheRangeAreClamped() {
    assertThat(PixelTransform.toByte(-1.2f)).isEqualTo((byte) 0);
    assertThat(PixelTransform.toByte(1.2f)).isEqualTo((byte) 255);
    assertThat(PixelTransform.toByte(Float.POSITIVE_INFINITY)).isEqualTo((byte) 255);
    assertThat(PixelTransform.toByte(Float.NaN)).isEqualTo((byte) 0);
    assertThat(PixelTransform.toByte(0.0001f)).isEqualTo((byte) 128);
  }
}
