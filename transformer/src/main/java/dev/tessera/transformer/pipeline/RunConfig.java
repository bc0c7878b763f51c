package dev.tessera.transformer.pipeline;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.training.TransformerTrainingConfig;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.training.VqvaeTrainingConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All that decides a run, but for its data, seed and budget.
 *
 * @param vqvae stage 1
 * @param vqvaeTraining how it learns
 * @param text captions as tokens
 * @param transformer stage 2
 * @param transformerTraining how it learns
 * @param schedule how the run is divided
 */
public record RunConfig(
    VqvaeConfig vqvae,
    VqvaeTrainingConfig vqvaeTraining,
    Text text,
    Transformer transformer,
    TransformerTrainingConfig transformerTraining,
    Schedule schedule) {

  /**
   * Captions as tokens.
   *
   * @param vocabulary ids of the tokenizer at most, 257 to 65,536; it has fewer where the captions
   *     hold no more pairs worth a merge
   * @param length tokens of a caption, end of text included, 1 to 1,024; longer ones are cut
   */
  public record Text(int vocabulary, int length) {
    public Text {
      if (vocabulary < Bpe.MINIMUM_VOCABULARY || vocabulary > Bpe.MAXIMUM_VOCABULARY) {
        throw new IllegalArgumentException(
            String.format(
                "text vocabulary is %d, but must be %d to %d",
                vocabulary, Bpe.MINIMUM_VOCABULARY, Bpe.MAXIMUM_VOCABULARY));
      }
    }
  }

  /**
   * The shape of the GPT, as far as it does not follow from the rest.
   *
   * @param width channels, D
   * @param layers blocks
   * @param heads attention heads
   * @param masks the pattern of each layer; fewer than layers are repeated from the first on, none
   *     is causal ones throughout
   * @param positions how tokens know where they are
   * @param sandwichNorm whether the results of attention and MLP are normalised, too
   * @param queryKeyNorm whether queries and keys are normalised
   * @param neighbourhood how many rows and columns away known tokens are part of an input
   */
  public record Transformer(
      int width,
      int layers,
      int heads,
      List<MaskPattern> masks,
      PositionEncoding positions,
      boolean sandwichNorm,
      boolean queryKeyNorm,
      int neighbourhood) {
    public Transformer {
      if (masks.size() > layers) {
        throw new IllegalArgumentException(
            "list of masks has " + masks.size() + " patterns, but there are " + layers + " layers");
      }
      Variant.requireNeighbourhood(neighbourhood);
      List<MaskPattern> repeated = masks.isEmpty() ? List.of(MaskPattern.CAUSAL) : masks;
      masks =
          IntStream.range(0, layers)
              .mapToObj(layer -> repeated.get(layer % repeated.size()))
              .toList();
    }

    Variant variant(boolean infilling) {
      return new Variant(positions, sandwichNorm, queryKeyNorm, infilling, neighbourhood);
    }
  }

  /**
   * How a run is divided.
   *
   * @param vqvaeShare share of a time budget that stage 1 gets, above 0 to below 1
   * @param evaluations of each stage, evenly spread; as many checkpoints, 1 to 10,000
   */
  public record Schedule(double vqvaeShare, int evaluations) {
    public Schedule {
      if (!(vqvaeShare > 0 && vqvaeShare < 1)) {
        throw new IllegalArgumentException(
            "vqvae share is " + vqvaeShare + ", but must be above 0 to below 1");
      }
      if (evaluations < 1 || evaluations > 10_000) {
        throw new IllegalArgumentException(
            "evaluations is " + evaluations + ", but must be 1 to 10000");
      }
    }
  }

  public RunConfig {
    // Fails early on what TransformerConfig would only refuse after stage 1.
    transformerConfig(vqvae, text, transformer, transformerTraining, text.vocabulary());
  }

  /** Stage 2 for the tokenizer that was learned. */
  public TransformerConfig transformerConfig(Bpe tokenizer) {
    return transformerConfig(
        vqvae, text, transformer, transformerTraining, tokenizer.vocabularySize());
  }

  private static TransformerConfig transformerConfig(
      VqvaeConfig vqvae,
      Text text,
      Transformer shape,
      TransformerTrainingConfig training,
      int vocabulary) {
    return new TransformerConfig(
        vocabulary,
        text.length(),
        vqvae.quantiser().codebookSize(),
        vqvae.gridHeight(),
        vqvae.gridColumns(),
        shape.width(),
        shape.layers(),
        shape.heads(),
        shape.masks(),
        shape.variant(training.infillShare() > 0));
  }

  /** The same run with stage 1 learning in another way. */
  public RunConfig withVqvaeTraining(VqvaeTrainingConfig other) {
    return new RunConfig(vqvae, other, text, transformer, transformerTraining, schedule);
  }

  /** The same run on top of another stage 1. */
  public RunConfig withVqvae(VqvaeConfig other) {
    return new RunConfig(other, vqvaeTraining, text, transformer, transformerTraining, schedule);
  }
}
