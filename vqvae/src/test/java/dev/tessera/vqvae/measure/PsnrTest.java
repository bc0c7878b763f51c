package dev.tessera.vqvae.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.vqvae.picture.Rgb;
import org.junit.jupiter.api.Test;

class PsnrTest {
  @Test
  void blackForWhiteIsZeroDecibels() {
    Psnr psnr = new Psnr();
    psnr.add(Rgb.solid(2, 3, 0), Rgb.solid(2, 3, 0xFFFFFF));
    assertThat(psnr.decibels()).isCloseTo(0, within(1e-12));
  }

  @Test
  void anErrorOfOneEverywhereIsTwentyTimesTheLogarithmOfThePeak() {
    Psnr psnr = new Psnr();
    psnr.add(Rgb.solid(2, 3, 0x7F80FF), Rgb.solid(2, 3, 0x807FFE));
    assertThat(psnr.decibels()).isCloseTo(20 * Math.log10(255), within(1e-12));
  }

  @Test
  void errorsArePooledBeforeTheLogarithm() {
    Psnr psnr = new Psnr();
    psnr.add(Rgb.solid(1, 1, 0), Rgb.solid(1, 1, 0));
    psnr.add(Rgb.solid(1, 3, 0), Rgb.solid(1, 3, 0x020202));
    assertThat(psnr.decibels()).isCloseTo(10 * Math.log10(255 * 255 / 3.0), within(1e-12));
  }

  @Test
  void equalPicturesAreInfinitelyGoodAndNoneAreNoNumber() {
    Psnr psnr = new Psnr();
    assertThat(psnr.decibels()).isNaN();
    psnr.add(Rgb.solid(1, 1, 7), Rgb.solid(1, 1, 7));
    assertThat(psnr.decibels()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void picturesOfTwoSizesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Psnr().add(Rgb.solid(1, 1, 0), Rgb.solid(1, 2, 0)))
        .withMessageContainingAll("3", "6");
  }
}
