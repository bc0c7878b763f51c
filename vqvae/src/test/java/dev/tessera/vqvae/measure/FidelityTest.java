package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;

class FidelityTest {
  @Test
  void squaresArePooledAndEverythingElseIsAveraged() {
    Rgb a = RandomPicture.draw(16, 16, 1);
    Rgb b = RandomPicture.damaged(a, 10, 2);
    Rgb c = RandomPicture.draw(16, 16, 3);
    Rgb d = RandomPicture.damaged(c, 40, 4);
    Fidelity.Tally tally = new Fidelity.Tally(4);
    tally.add(a, b, new int[] {0, 1});
    tally.add(c, d, new int[] {1, 0});
    Fidelity fidelity = tally.result();

    Psnr psnr = new Psnr();
    psnr.add(a, b);
    psnr.add(c, d);
    assertThat(fidelity.pictures()).isEqualTo(2);
    assertThat(fidelity.psnr()).isEqualTo(psnr.decibels());
    assertThat(fidelity.ssim())
        .isCloseTo(
            (StructuralSimilarity.of(a, b) + StructuralSimilarity.of(c, d)) / 2, within(1e-12));
    assertThat(fidelity.multiScaleSsim())
        .isCloseTo(
            (MultiScaleSimilarity.of(a, b) + MultiScaleSimilarity.of(c, d)) / 2, within(1e-12));
    assertThat(fidelity.colourError())
        .isCloseTo((ColourError.of(a, b) + ColourError.of(c, d)) / 2, within(1e-12));
    assertThat(fidelity.edgeError())
        .isCloseTo((EdgeError.of(a, b) + EdgeError.of(c, d)) / 2, within(1e-12));
    assertThat(fidelity.usage()).isEqualTo(0.5);
    assertThat(fidelity.perplexity()).isCloseTo(2, within(1e-12));
  }

  @Test
  void nothingHasNoMeasures() {
    assertThatIllegalStateException().isThrownBy(() -> new Fidelity.Tally(4).result());
  }
}
