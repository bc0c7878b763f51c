package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.AttentionMask;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.LayerMasks;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.HashMap;
import java.util.Map;

/** What each layer attends to, by the order of the sequence; of one thread. */
final class LayerSpans {
  private final AttentionSpans[][] spans;

  LayerSpans(TransformerConfig config) {
    LayerMasks masks = new LayerMasks(config);
    Map<AttentionMask, AttentionSpans> patterns = new HashMap<>();
    spans = new AttentionSpans[config.layers()][new Vocabulary(config).orders()];
    for (int layer = 0; layer < spans.length; layer++) {
      for (int order = 0; order < spans[layer].length; order++) {
        spans[layer][order] =
            patterns.computeIfAbsent(
                masks.of(layer, order), m -> new AttentionSpans(m, config.sequenceLength()));
      }
    }
  }

  /** The spans of a query; they hold until the next query is asked for. */
  AttentionSpans of(int layer, int order, int query) {
    AttentionSpans chosen = spans[layer][order];
    chosen.update(query);
    return chosen;
  }
}
