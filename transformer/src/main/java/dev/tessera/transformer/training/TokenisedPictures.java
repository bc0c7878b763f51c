package dev.tessera.transformer.training;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Augmentation;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * All pictures of a set as codes, each in one or more forms, and the vocabulary of their captions.
 *
 * @param pictures what was tokenised
 * @param codes [variant][picture][H'·W']; variant 0 is the picture itself
 * @param tokenizer of captions, which are read and encoded when they are asked for
 */
public record TokenisedPictures(PreparedPictures pictures, short[][][] codes, Bpe tokenizer) {
  private static final int CHUNK = 64;

  /**
   * Tokenises a set.
   *
   * @param variants forms of each picture, ≥ 1
   * @param augmentation makes the forms after the first; a picture whose caption says that left is
   *     not right is not mirrored
   * @param stop asked now and then
   * @throws CancellationException if asked to stop
   */
  public static TokenisedPictures of(
      PreparedPictures pictures,
      PictureCodec codec,
      Bpe tokenizer,
      int variants,
      Augmentation augmentation,
      long seed,
      PrepareListener listener,
      BooleanSupplier stop) {
    int size = pictures.size();
    short[][][] codes = new short[variants][size][];
    for (int variant = 0; variant < variants; variant++) {
      for (int start = 0; start < size; start += CHUNK) {
        if (stop.getAsBoolean()) {
          throw new CancellationException();
        }
        int count = Math.min(CHUNK, size - start);
        int first = start;
        Augmentation change = variant == 0 ? Augmentation.NONE : augmentation;
        String purpose = "variant " + variant;
        int[][] encoded =
            codec.encode(
                count,
                i ->
                    mirroring(change, pictures, first + i)
                        .apply(
                            pictures.picture(first + i),
                            new CounterRandom(seed, purpose, first + i)));
        for (int i = 0; i < count; i++) {
          codes[variant][start + i] = narrow(encoded[i]);
        }
        listener.progress(variant * size + start + count, variants * size);
      }
    }
    return new TokenisedPictures(pictures, codes, tokenizer);
  }

  private static Augmentation mirroring(
      Augmentation augmentation, PreparedPictures pictures, int picture) {
    return augmentation.flip() && pictures.entry(picture).hasDirection()
        ? augmentation.withoutFlip()
        : augmentation;
  }

  /** The alternative captions of a picture; none for a picture without text. */
  public List<String> captions(int picture) {
    return pictures.entry(picture).captions();
  }

  /** The codes of one form of a picture. */
  public int[] codes(int variant, int picture) {
    short[] narrow = codes[variant][picture];
    int[] wide = new int[narrow.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = Short.toUnsignedInt(narrow[i]);
    }
    return wide;
  }

  /** Forms of each picture. */
  public int variants() {
    return codes.length;
  }

  /** Codebooks have 65,536 codes at most, so a code fits two bytes. */
  private static short[] narrow(int[] codes) {
    short[] narrow = new short[codes.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (short) codes[i];
    }
    return narrow;
  }
}
