package dev.tessera.cli;

import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings vocabularies from and to other systems. */
@Command(
    description = {
      "Turn a vocabulary into another system's form, or another's into Tessera's: the byte-level"
          + " BPE of a Hugging Face tokenizer.json, of tokenizer.pb or of a bundle.",
      "Train with one by train --tokenizer FILE."
    })
final class TokenizerCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(
      paramLabel = "FILE",
      description = "tokenizer.json, tokenizer.pb or a bundle (.tessera).")
  private Path file = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "A name that ends in .json (Hugging Face's form) or .pb (Tessera's).")
  private Path out = Path.of("");

  TokenizerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    TokenizerFile.requireForm(out);
    Bpe bpe = TokenizerFile.read(file);
    TokenizerFile.write(bpe, out);
    session.out().println(out);
    return ExitCode.DONE;
  }
}
