package dev.tessera.transformer.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NamerTest {
  /** So many things that they are told apart by what pictures show, and three ways to draw them. */
  static final CaptionForm FORM =
      new CaptionForm(
          List.of(
              IntStream.range(0, 65).mapToObj("%03d"::formatted).toList(), List.of("a", "b", "c")));

  static TensorMap weights() {
    return weights(FORM);
  }

  static TensorMap weights(CaptionForm form) {
    TensorMap weights = new TensorMap();
    for (int place = 0; place < form.places().size(); place++) {
      int parts = form.places().get(place).size();
      Aspect aspect = Aspect.of(form, place);
      NamingGraph.Names names = new NamingGraph.Names(place);
      weights.put(names.mean(), noise(names.mean(), aspect.size()));
      weights.put(names.factor(), noise(names.factor(), aspect.size()));
      weights.put(names.hidden() + "/weight", noise(names.hidden(), aspect.size(), aspect.width()));
      weights.put(names.hidden() + "/bias", noise(names.hidden() + 2, aspect.width()));
      weights.put(names.out() + "/weight", noise(names.out(), aspect.width(), parts));
      weights.put(names.out() + "/bias", noise(names.out() + 2, parts));
    }
    return weights;
  }

  private static Tensor noise(String name, long... shape) {
    CounterRandom random = new CounterRandom(1, name, 0);
    float[] data = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (0.2 * random.nextDouble() - 0.1);
    }
    return new Tensor(shape, data);
  }

  private static Rgb picture() {
    byte[] pixels = new byte[16 * 16 * 3];
    CounterRandom random = new CounterRandom(2, "picture", 0);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return new Rgb(16, 16, pixels);
  }

  /** The same from the definition, an output at a time. */
  private static double[] expected(TensorMap weights, int place) {
    int parts = FORM.places().get(place).size();
    double[] described = Aspect.of(FORM, place).describe(picture());
    NamingGraph.Names names = new NamingGraph.Names(place);
    float[] hiddenWeight = weights.get(names.hidden() + "/weight").data();
    float[] outWeight = weights.get(names.out() + "/weight").data();
    int width = place == 0 ? 256 : 64;
    double[] hidden = new double[width];
    for (int j = 0; j < width; j++) {
      hidden[j] = weights.get(names.hidden() + "/bias").data()[j];
      for (int i = 0; i < described.length; i++) {
        double standard =
            (described[i] - weights.get(names.mean()).data()[i])
                * weights.get(names.factor()).data()[i];
        hidden[j] += standard * hiddenWeight[i * width + j];
      }
      hidden[j] = place == 1 && hidden[j] < 0 ? 0 : hidden[j];
    }
    double[] odds = new double[parts];
    for (int part = 0; part < parts; part++) {
      double logit = weights.get(names.out() + "/bias").data()[part];
      for (int j = 0; j < width; j++) {
        logit += hidden[j] * outWeight[j * parts + part];
      }
      odds[part] = Math.exp(logit);
    }
    double sum = Arrays.stream(odds).sum();
    return Arrays.stream(odds).map(odd -> Math.log(odd / sum)).toArray();
  }

  @Test
  void partsAreAsLikelyAsTheDefinitionSays() {
    double[][] found = new Namer(FORM, weights()).logProbabilities(picture());
    for (int place = 0; place < 2; place++) {
      assertThat(found[place]).containsExactly(expected(weights(), place), within(1e-9));
      assertThat(Arrays.stream(found[place]).map(Math::exp).sum()).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void largePicturesAreSeenAsSmallOnes() {
    Rgb large = new Rgb(160, 160, new byte[160 * 160 * 3]);
    Rgb small = new Rgb(64, 64, new byte[64 * 64 * 3]);
    for (Rgb picture : List.of(large, small)) {
      int half = picture.height() / 2 * picture.width() * 3;
      Arrays.fill(picture.pixels(), half, picture.pixels().length, (byte) 0xC0);
    }
    Namer namer = new Namer(FORM, weights());
    assertThat(namer.logProbabilities(large)).isDeepEqualTo(namer.logProbabilities(small));
  }

  @Test
  void weightsOfOtherCaptionsAreRefused() {
    CaptionForm more = new CaptionForm(List.of(FORM.places().get(0), List.of("a", "b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Namer(more, weights()))
        .withMessageContaining("place1/out/weight");
    CaptionForm shorter = new CaptionForm(List.of(FORM.places().get(0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Namer(shorter, weights()))
        .withMessage("naming has 12 tensors, but its captions need 6");
  }
}
