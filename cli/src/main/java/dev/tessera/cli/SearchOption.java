package dev.tessera.cli;

import dev.tessera.vqvae.model.CodeSearch;
import picocli.CommandLine.Option;

/** How long tokens of pictures are looked for. */
final class SearchOption {
  @Option(
      names = "--search",
      paramLabel = "SWEEPS",
      defaultValue = "0",
      description =
          "Look for tokens that give the picture back better than those which the encoder chooses:"
              + " try others for each token, so many times over (2 are good; default:"
              + " ${DEFAULT-VALUE}).")
  private int sweeps;

  int sweeps() {
    if (sweeps < 0 || sweeps > CodeSearch.MAXIMUM_SWEEPS) {
      throw new UsageException(
          "--search is " + sweeps + ", but must be 0 to " + CodeSearch.MAXIMUM_SWEEPS);
    }
    return sweeps;
  }
}
