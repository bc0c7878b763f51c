package dev.tessera.transformer.pipeline;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.vqvae.data.PreparedPictures;
import java.util.Arrays;
import java.util.List;

/** Learns the vocabulary of a run from the captions that training sees. */
public final class CaptionVocabulary {
  private CaptionVocabulary() {}

  /**
   * Learns it; the captions are read one after the other.
   *
   * @param vocabulary ids at most, as {@link Bpe#train} says
   */
  public static Bpe learn(PreparedPictures pictures, int vocabulary) {
    Iterable<String> captions =
        () ->
            Arrays.stream(pictures.training())
                .mapToObj(picture -> pictures.entry(picture).captions())
                .flatMap(List::stream)
                .iterator();
    return Bpe.train(captions, vocabulary);
  }
}
