package dev.tessera.transformer.sequence;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.TokenGrid;
import dev.tessera.transformer.TransformerConfig;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What each layer may look at, by the order of the sequence, which its first token names.
 *
 * <p>DALL-E has one order and so one mask for each layer. Here text may follow the picture, and a
 * geometric pattern goes with the picture: it is the same in both directions, only further to the
 * front. So a batch of sequences in both directions wants two masks for a layer, and each sequence
 * the one of its order.
 */
public final class LayerMasks {
  private final TransformerConfig config;
  private final Vocabulary vocabulary;

  public LayerMasks(TransformerConfig config) {
    this.config = config;
    this.vocabulary = new Vocabulary(config);
  }

  /**
   * The masks of a layer, one for each order token; a single one if its pattern is the same in all
   * orders.
   */
  public List<AttentionMask> of(int layer) {
    MaskPattern pattern = config.masks().get(layer);
    if (!pattern.isGeometric()) {
      return List.of(AttentionMask.of(pattern));
    }
    return IntStream.range(0, vocabulary.orders())
        .mapToObj(order -> new AttentionMask(pattern, picture(order)))
        .toList();
  }

  /**
   * Where the picture is in sequences of an order. In orders where its slots lie elsewhere in each
   * sequence there is nothing that a mask could be made for beforehand: every layer sees all that
   * precedes.
   */
  private TokenGrid picture(int order) {
    return switch (order) {
      case Vocabulary.FORWARD -> grid(1 + config.textLength());
      case Vocabulary.REVERSE -> grid(1);
      default -> TokenGrid.NONE;
    };
  }

  private TokenGrid grid(int first) {
    return new TokenGrid(first, config.gridHeight(), config.gridWidth());
  }

  /** The mask of a layer for sequences that begin with an order token. */
  public AttentionMask of(int layer, int orderToken) {
    List<AttentionMask> masks = of(layer);
    return masks.get(masks.size() == 1 ? 0 : orderToken);
  }
}
