package dev.tessera.transformer.pipeline;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.shard.TokenShards;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run is given and need not make.
 *
 * @param tokenizer in place of one that is learned from the captions
 * @param tokens a folder of token shards, which must be those that the run would make
 */
public record Found(Optional<Bpe> tokenizer, Optional<Path> tokens) {
  /** A run that makes everything itself. */
  public static final Found NOTHING = new Found(Optional.empty(), Optional.empty());

  /**
   * A folder of token shards and the tokenizer beside them.
   *
   * @throws IOException if the tokenizer cannot be read
   */
  public static Found tokens(Path folder) throws IOException {
    Bpe tokenizer = Bpe.read(folder.resolve(TokenShards.TOKENIZER));
    return new Found(Optional.of(tokenizer), Optional.of(folder));
  }
}
