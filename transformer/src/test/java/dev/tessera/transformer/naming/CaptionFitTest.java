package dev.tessera.transformer.naming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.vqvae.picture.Rgb;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class CaptionFitTest {
  private static final Bpe BPE = Bpe.train(List.of(), Bpe.MINIMUM_VOCABULARY);
  private static final Namer NAMER = new Namer(NamerTest.FORM, NamerTest.weights());
  private static final List<Rgb> PICTURES = List.of(noise(1), noise(2), noise(3));

  private final CaptionFit fit = new CaptionFit(BPE, Optional.of(NAMER));

  private static Rgb noise(int seed) {
    byte[] pixels = new byte[16 * 16 * 3];
    CounterRandom random = new CounterRandom(seed, "picture", 0);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return new Rgb(16, 16, pixels);
  }

  private static List<int[]> bpe(String... captions) {
    return Arrays.stream(captions).map(BPE::encode).toList();
  }

  @Test
  void aPictureFitsByWhatTheNamerSaysOfItself() {
    double[] likelihoods = {-3, -4, -5};
    double[] cosines = {0.1, -0.2, 0.3};
    double[] fits =
        fit.ofPictures(
            PICTURES,
            bpe("007, b", "007, b", "064, c"),
            likelihoods,
            Optional.of(cosines),
            () -> false);
    int[][] parts = {{7, 1}, {7, 1}, {64, 2}};
    for (int i = 0; i < 3; i++) {
      double[][] likely = NAMER.logProbabilities(PICTURES.get(i));
      double shown = likely[0][parts[i][0]];
      double drawn = likely[1][parts[i][1]];
      assertThat(fits[i])
          .isCloseTo(likelihoods[i] + 2 * shown + 256 * drawn + 20 * cosines[i], within(1e-9));
    }
    // Of equal likelihood and cosine, pictures differ by naming alone.
    double[] alike =
        fit.ofPictures(
            PICTURES.subList(0, 2),
            bpe("007, b", "007, b"),
            new double[2],
            Optional.empty(),
            () -> false);
    assertThat(alike[0]).isNotCloseTo(alike[1], within(1e-6));
  }

  @Test
  void whatAPlaceWeighsDependsOnWhatItNames() {
    List<String> things = NamerTest.FORM.places().get(0);
    List<String> styles = NamerTest.FORM.places().get(1);
    Namer styleFirst = namer(new CaptionForm(List.of(styles, things)));
    double[][] likely = styleFirst.logProbabilities(PICTURES.get(0));
    assertThat(ofPicture(styleFirst, "b, 007"))
        .isCloseTo(256 * likely[0][1] + 2 * likely[1][7], within(1e-9));
    Namer thingsAlone = namer(new CaptionForm(List.of(things)));
    likely = thingsAlone.logProbabilities(PICTURES.get(0));
    assertThat(ofPicture(thingsAlone, "007")).isCloseTo(2 * likely[0][7], within(1e-9));
  }

  private static Namer namer(CaptionForm form) {
    return new Namer(form, NamerTest.weights(form));
  }

  private static double ofPicture(Namer namer, String caption) {
    return new CaptionFit(BPE, Optional.of(namer))
        .ofPictures(
            PICTURES.subList(0, 1), bpe(caption), new double[1], Optional.empty(), () -> false)[0];
  }

  @Test
  void partsThatTheNamerDoesNotKnowSayNothingOfPictures() {
    double[] fits =
        fit.ofPictures(
            PICTURES,
            bpe("007, unheard of", "neither", "unheard of, c"),
            new double[3],
            Optional.empty(),
            () -> false);
    assertThat(fits[0]).isCloseTo(2 * NAMER.logProbabilities(PICTURES.get(0))[0][7], within(1e-9));
    assertThat(fits[1]).isZero();
    assertThat(fits[2])
        .isCloseTo(256 * NAMER.logProbabilities(PICTURES.get(2))[1][2], within(1e-9));
  }

  @Test
  void partsThatTheNamerDoesNotKnowAreTheLeastLikelyOfCaptions() {
    double[][] likely = NAMER.logProbabilities(PICTURES.get(0));
    double[] least =
        Arrays.stream(likely).mapToDouble(p -> Arrays.stream(p).min().orElse(0)).toArray();
    double[] fits =
        fit.ofCaptions(
            likely,
            bpe("007, b", "007, unheard of", "neither"),
            new double[] {-1, -2, -3},
            Optional.of(new double[] {0, 0.5, 0}));
    assertThat(fits[0]).isCloseTo(-1 + 2 * (likely[0][7] + likely[1][1]), within(1e-9));
    assertThat(fits[1]).isCloseTo(-2 + 2 * (likely[0][7] + least[1]) + 10, within(1e-9));
    assertThat(fits[2]).isCloseTo(-3 + 2 * (least[0] + least[1]), within(1e-9));
  }

  @Test
  void withoutANamerLikelihoodAndRankerAreAll() {
    CaptionFit without = new CaptionFit(BPE, Optional.empty());
    double[] likelihoods = {-3, -4, -5};
    assertThat(
            without.ofPictures(
                PICTURES, bpe("a", "b", "c"), likelihoods, Optional.empty(), () -> false))
        .isEqualTo(likelihoods)
        .isNotSameAs(likelihoods);
  }

  @Test
  void itCanBeCancelled() {
    assertThatThrownBy(
            () ->
                fit.ofPictures(
                    PICTURES, bpe("a", "b", "c"), new double[3], Optional.empty(), () -> true))
        .isInstanceOf(CancellationException.class);
  }
}
