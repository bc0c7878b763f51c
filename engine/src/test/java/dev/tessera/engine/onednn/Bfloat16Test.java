package dev.tessera.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.random.CounterRandom;
import org.junit.jupiter.api.Test;

class Bfloat16Test {
  @Test
  void theNearestIsFound() {
    CounterRandom random = new CounterRandom(3, "halves", 0);
    for (int k = 0; k < 20000; k++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value) || Math.abs(value) > 3e38f) {
        continue;
      }
      short found = Bfloat16.round(value);
      double distance = Math.abs((double) Bfloat16.floatOf(found) - value);
      for (int neighbour : new int[] {-1, 1}) {
        float other = Bfloat16.floatOf((short) (found + neighbour));
        if (Float.isNaN(other)) {
          continue;
        }
        assertThat(distance).as("%s", value).isLessThanOrEqualTo(Math.abs((double) other - value));
      }
    }
  }

  @Test
  void halfWayGoesToTheEvenOne() {
    assertThat(Bfloat16.round(Float.intBitsToFloat(0x3F80_8000))).isEqualTo((short) 0x3F80);
    assertThat(Bfloat16.round(Float.intBitsToFloat(0x3F81_8000))).isEqualTo((short) 0x3F82);
    assertThat(Bfloat16.round(Float.intBitsToFloat(0xBF81_8000))).isEqualTo((short) 0xBF82);
  }

  @Test
  void whatIsNoFiniteNumberStaysSo() {
    assertThat(Bfloat16.floatOf(Bfloat16.round(Float.NaN))).isNaN();
    // What makes it no number may be in either half, and rounding up may carry into the sign.
    for (int bits : new int[] {-1, 0x7FFF_FFFF, 0x7F80_0001, 0xFF80_0001, 0x7FFF_8000}) {
      assertThat(Bfloat16.floatOf(Bfloat16.round(Float.intBitsToFloat(bits))))
          .as(Integer.toHexString(bits))
          .isNaN();
    }
    assertThat(Bfloat16.floatOf(Bfloat16.round(Float.NEGATIVE_INFINITY)))
        .isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Bfloat16.floatOf(Bfloat16.round(Float.MAX_VALUE)))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }
}
