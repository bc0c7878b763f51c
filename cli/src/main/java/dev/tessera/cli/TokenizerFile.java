package dev.tessera.cli;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.tokenizer.huggingface.TokenizerJson;
import dev.tessera.transformer.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;

/** A vocabulary in a file, in the form that the file's name tells. */
final class TokenizerFile {
  private static final String JSON = ".json";
  private static final String BUNDLE = ".tessera";
  private static final String OWN = ".pb";

  private TokenizerFile() {}

  /**
   * Reads the vocabulary of a {@code tokenizer.pb}, a Hugging Face {@code tokenizer.json} or a
   * bundle.
   *
   * @throws IOException if it has none, or one that Tessera cannot use
   */
  static Bpe read(Path file) throws IOException {
    String name = file.toString();
    if (name.endsWith(JSON)) {
      return TokenizerJson.read(file).bpe();
    }
    if (name.endsWith(BUNDLE)) {
      return Bundle.read(file)
          .stage2()
          .orElseThrow(() -> new IOException(file + " holds stage 1 alone, and no tokenizer"))
          .tokenizer();
    }
    return Bpe.read(file);
  }

  /** Fails if the name of a file that is to be written does not tell its form. */
  static void requireForm(Path file) {
    if (!file.toString().endsWith(JSON) && !file.toString().endsWith(OWN)) {
      throw new UsageException(
          "--out is " + file + ", but must end in .json (Hugging Face's) or .pb (Tessera's)");
    }
  }

  /** Writes a vocabulary in the form that the name tells. */
  static void write(Bpe bpe, Path file) throws IOException {
    if (file.toString().endsWith(JSON)) {
      byte[] json = TokenizerJson.format(bpe);
      AtomicFiles.write(file, out -> out.write(json));
    } else {
      bpe.write(file);
    }
  }
}
