package dev.tessera.transformer.training;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.shard.TokenShards;
import dev.tessera.vqvae.data.PreparedPictures;
import java.util.List;

/**
 * What stage 2 learns from: the tokens of all pictures, and which of them training may see, how
 * often. Tokens are read from the mapped files when they are asked for.
 *
 * @param pictures what was tokenised
 * @param tokens of each, in the same order
 */
public record TokenisedPictures(PreparedPictures pictures, TokenShards tokens) {
  public TokenisedPictures {
    if (tokens.size() != pictures.size()) {
      throw new IllegalArgumentException(
          "there are tokens of %d pictures, but there are %d pictures"
              .formatted(tokens.size(), pictures.size()));
    }
  }

  /** The vocabulary of captions. */
  public Bpe tokenizer() {
    return tokens.tokenizer();
  }

  /** The alternative captions of a picture; none for a picture without text. */
  public List<String> captions(int picture) {
    return tokens.read(picture).captions().stream().map(tokenizer()::decode).toList();
  }

  /**
   * The codes of one form of a picture.
   *
   * @param variant 0 for the picture itself, to {@code variants() - 1} for one that training sees
   */
  public int[] codes(int variant, int picture) {
    return tokens.read(picture).forms().get(variant);
  }

  /** Forms of each picture that training sees. */
  public int variants() {
    return tokens.forms();
  }
}
