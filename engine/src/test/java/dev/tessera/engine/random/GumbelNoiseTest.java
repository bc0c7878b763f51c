package dev.tessera.engine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GumbelNoiseTest {
  private static double exact(int bits) {
    return -Math.log(-Math.log(((bits & 0xFFFFFFFFL) + 0.5) * 0x1.0p-32));
  }

  @Test
  void drawsAreTheQuantilesOfTheirBits() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      int bits = random.nextInt();
      assertThat((double) GumbelNoise.draw(bits)).isCloseTo(exact(bits), within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -1, -2, 64 << 18, (64 << 18) - 1, -(64 << 18), -(64 << 18) - 1})
  void theEndsAreFiniteAndFit(int bits) {
    assertThat((double) GumbelNoise.draw(bits)).isCloseTo(exact(bits), within(1e-4)).isFinite();
  }

  @Test
  void meanAndVarianceAreThoseOfTheDistribution() {
    float[] values = new float[400_001];
    GumbelNoise.fill(values, new CounterRandom(5, "test", 1));
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += value / (double) values.length;
      square += (double) value * value / values.length;
    }
    assertThat(mean).isCloseTo(0.5772, within(0.01));
    assertThat(square - mean * mean).isCloseTo(Math.PI * Math.PI / 6, within(0.02));
  }

  @Test
  void theSameKeyGivesTheSameNoise() {
    float[][] noise = new float[3][1000];
    long[] steps = {1, 1, 2};
    for (int i = 0; i < noise.length; i++) {
      GumbelNoise.fill(noise[i], new CounterRandom(5, "test", steps[i]));
    }
    assertThat(noise[0]).containsExactly(noise[1]).isNotEqualTo(noise[2]);
  }
}
