package dev.tessera.transformer.pipeline;

import dev.tessera.engine.store.Sha256;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.shard.TokenShards;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run is given and need not make.
 *
 * @param tokenizer in place of one that is learned from the captions
 * @param tokens a folder of token shards, which must be those that the run would make
 * @param start what stage 2 begins with in place of random weights
 */
public record Found(Optional<Bpe> tokenizer, Optional<Path> tokens, Optional<Start> start) {
  /** A run that makes everything itself. */
  public static final Found NOTHING =
      new Found(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A model whose weights stage 2 begins with.
   *
   * @param file that it comes from
   * @param digest of the file
   */
  public record Start(Path file, Bundle.Stage2 model, byte[] digest) {
    /**
     * Makes sure that the weights fit.
     *
     * @throws IOException naming each number of the shape that is another one
     */
    void requireShape(TransformerConfig wanted) throws IOException {
      List<String> differences = model.differences(wanted);
      if (!differences.isEmpty()) {
        throw new IOException(
            file
                + " cannot be gone on from: in the configuration "
                + String.join(", ", differences));
      }
    }
  }

  /** A tokenizer alone. */
  public static Found tokenizer(Bpe tokenizer) {
    return new Found(Optional.of(tokenizer), Optional.empty(), Optional.empty());
  }

  /**
   * A folder of token shards and the tokenizer beside them.
   *
   * @throws IOException if the tokenizer cannot be read
   */
  public static Found tokens(Path folder) throws IOException {
    Bpe tokenizer = Bpe.read(folder.resolve(TokenShards.TOKENIZER));
    return new Found(Optional.of(tokenizer), Optional.of(folder), Optional.empty());
  }

  /**
   * The stage 2 of a bundle, with its tokenizer.
   *
   * @throws IOException if it cannot be read or has stage 1 alone
   */
  public static Found model(Path bundle) throws IOException {
    Bundle.Stage2 stage2 =
        Bundle.read(bundle)
            .stage2()
            .orElseThrow(() -> new IOException(bundle + " holds stage 1 alone"));
    Start start = new Start(bundle, stage2, Sha256.of(bundle));
    return new Found(Optional.of(stage2.tokenizer()), Optional.empty(), Optional.of(start));
  }
}
