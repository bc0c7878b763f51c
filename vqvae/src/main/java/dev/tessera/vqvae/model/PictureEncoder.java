package dev.tessera.vqvae.model;

import dev.tessera.vqvae.picture.Rgb;
import java.util.function.IntFunction;

/** From pictures to codes. */
@FunctionalInterface
public interface PictureEncoder {
  /**
   * The codes of many pictures.
   *
   * @param count how many
   * @param pictures gives each, of the model's size; asked once for each, in order
   * @return [count][H'·W'], 0 to K − 1 each
   */
  int[][] encode(int count, IntFunction<Rgb> pictures);
}
