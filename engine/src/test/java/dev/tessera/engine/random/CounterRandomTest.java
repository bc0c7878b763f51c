package dev.tessera.engine.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterRandomTest {
  private static final String PURPOSE = "test";
  private static final long MIX_1 = 0xBF58476D1CE4E5B9L;
  private static final long MIX_2 = 0x94D049BB133111EBL;

  /** Philox 4×32-10 straight from the paper, on unsigned numbers kept in longs. */
  private static long[] philox(long[] counter, long[] key) {
    long[] c = counter.clone();
    long[] k = key.clone();
    for (int round = 0; round < 10; round++) {
      if (round > 0) {
        k[0] = (k[0] + 0x9E3779B9L) % (1L << 32);
        k[1] = (k[1] + 0xBB67AE85L) % (1L << 32);
      }
      BigInteger p0 = BigInteger.valueOf(0xD2511F53L).multiply(BigInteger.valueOf(c[0]));
      BigInteger p1 = BigInteger.valueOf(0xCD9E8D57L).multiply(BigInteger.valueOf(c[2]));
      c =
          new long[] {
            high(p1) ^ c[1] ^ k[0], low(p1), high(p0) ^ c[3] ^ k[1], low(p0),
          };
    }
    return c;
  }

  private static long high(BigInteger number) {
    return number.shiftRight(32).longValueExact();
  }

  private static long low(BigInteger number) {
    return number.mod(BigInteger.ONE.shiftLeft(32)).longValueExact();
  }

  /** The seed that makes {@link #PURPOSE} use a key: the mixing of both is one to one. */
  private static long seedOfKey(long key) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < PURPOSE.length(); i++) {
      hash = (hash ^ PURPOSE.charAt(i)) * 0x100000001B3L;
    }
    return unmix(key) ^ mix(hash);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * MIX_1;
    z = (z ^ (z >>> 27)) * MIX_2;
    return z ^ (z >>> 31);
  }

  private static long unmix(long z) {
    z = unshift(z, 31) * inverse(MIX_2);
    z = unshift(z, 27) * inverse(MIX_1);
    return unshift(z, 30);
  }

  /** Solves y ^ (y >>> bits) = z. */
  private static long unshift(long z, int bits) {
    long y = z;
    for (int known = bits; known < 64; known += bits) {
      y = z ^ (y >>> bits);
    }
    return y;
  }

  private static long inverse(long odd) {
    return BigInteger.valueOf(odd).modInverse(BigInteger.ONE.shiftLeft(64)).longValue();
  }

  /** The known answers of the Random123 library (kat_vectors, philox4x32 10). */
  @Test
  void theReferenceHereGivesThePublishedAnswers() {
    long ones = 0xFFFFFFFFL;
    assertThat(philox(new long[4], new long[2]))
        .containsExactly(0x6627E8D5L, 0xE169C58DL, 0xBC57AC4CL, 0x9B00DBD8L);
    assertThat(philox(new long[] {ones, ones, ones, ones}, new long[] {ones, ones}))
        .containsExactly(0x408F276DL, 0x41C83B0EL, 0xA20BC7C6L, 0x6D5451FDL);
    assertThat(
            philox(
                new long[] {0x243F6A88L, 0x85A308D3L, 0x13198A2EL, 0x03707344L},
                new long[] {0xA4093822L, 0x299F31D0L}))
        .containsExactly(0xD16CFE09L, 0x94FDCCEBL, 0x5001E420L, 0x24126EA1L);
  }

  @Test
  void keyZeroGivesThePublishedAnswer() {
    CounterRandom random = new CounterRandom(seedOfKey(0), PURPOSE, 0);
    assertThat(random.nextLong()).isEqualTo(0xE169C58D6627E8D5L);
    assertThat(random.nextLong()).isEqualTo(0x9B00DBD8BC57AC4CL);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyKeyAndStepGiveTheReferencesNumbers(long seed) {
    Random draw = new Random(seed);
    long key = draw.nextLong();
    long step = draw.nextLong();
    CounterRandom random = new CounterRandom(seedOfKey(key), PURPOSE, step);
    for (int block = 0; block < 20; block++) {
      long[] expected =
          philox(
              new long[] {block, 0, step & 0xFFFFFFFFL, step >>> 32},
              new long[] {key & 0xFFFFFFFFL, key >>> 32});
      assertThat(random.nextLong()).isEqualTo(expected[0] | expected[1] << 32);
      assertThat(random.nextLong()).isEqualTo(expected[2] | expected[3] << 32);
    }
  }

  @Test
  void seedPurposeAndStepEachGiveAStreamOfTheirOwn() {
    Set<Long> seen = new HashSet<>();
    int count = 0;
    for (long seed : new long[] {0, 1, -1, 1L << 32}) {
      for (String purpose : new String[] {"", "a", "b", "ab", "ba"}) {
        for (long step : new long[] {0, 1, 1L << 32, -1}) {
          CounterRandom random = new CounterRandom(seed, purpose, step);
          for (int i = 0; i < 50; i++) {
            seen.add(random.nextLong());
            count++;
          }
        }
      }
    }
    assertThat(seen).hasSize(count);
  }

  @Test
  void neighbouringStreamsDoNotCorrelate() {
    int n = 40_000;
    for (CounterRandom other :
        new CounterRandom[] {
          new CounterRandom(7, PURPOSE, 4), new CounterRandom(8, PURPOSE, 3),
        }) {
      CounterRandom random = new CounterRandom(7, PURPOSE, 3);
      double products = 0;
      for (int i = 0; i < n; i++) {
        products += (random.nextDouble() - 0.5) * (other.nextDouble() - 0.5) * 12;
      }
      assertThat(products / Math.sqrt(n)).isBetween(-4.0, 4.0);
    }
  }

  @Test
  void everyByteIsUniform() {
    int n = 1 << 16;
    for (int shift = 0; shift < 64; shift += 8) {
      CounterRandom random = new CounterRandom(11, PURPOSE, shift);
      int[] counts = new int[256];
      for (int i = 0; i < n; i++) {
        counts[(int) (random.nextLong() >>> shift) & 0xFF]++;
      }
      double expected = n / 256.0;
      double chiSquare =
          IntStream.of(counts).mapToDouble(c -> (c - expected) * (c - expected)).sum();
      // 255 degrees of freedom: mean 255, standard deviation 22.6.
      assertThat(chiSquare / expected).isBetween(255 - 4.5 * 22.6, 255 + 4.5 * 22.6);
    }
  }

  @Test
  void gumbelDrawsHaveTheDistributionsMeanAndVariance() {
    CounterRandom random = new CounterRandom(5, PURPOSE, 0);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double x = random.nextGumbel();
      sum += x;
      squares += x * x;
    }
    double mean = sum / n;
    assertThat(mean).isCloseTo(0.5772157, within(0.015));
    assertThat(squares / n - mean * mean).isCloseTo(Math.PI * Math.PI / 6, within(0.04));
  }

  @Test
  void permutationsHoldEveryIndexOnceAndAllOrdersComeEquallyOften() {
    assertThat(new CounterRandom(1, PURPOSE, 0).permutation(0)).isEmpty();
    assertThat(new CounterRandom(1, PURPOSE, 0).permutation(1)).containsExactly(0);
    assertThat(IntStream.of(new CounterRandom(1, PURPOSE, 0).permutation(1000)).sorted())
        .containsExactly(IntStream.range(0, 1000).boxed().toArray(Integer[]::new));
    int[] counts = new int[64];
    int n = 12_000;
    for (int i = 0; i < n; i++) {
      int[] order = new CounterRandom(3, PURPOSE, i).permutation(3);
      counts[order[0] * 16 + order[1] * 4 + order[2]]++;
    }
    double[] frequent = IntStream.of(counts).filter(c -> c > 0).asDoubleStream().toArray();
    assertThat(frequent).hasSize(6);
    for (double count : frequent) {
      assertThat(count).isCloseTo(n / 6.0, within(5 * Math.sqrt(n / 6.0)));
    }
  }
}
