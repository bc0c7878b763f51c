package dev.tessera.transformer.decode;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Layout;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Pictures with the same hole as the model sees them from left to right, each row of the decoder
 * one of them: what it expects in a slot given all that precedes the slot.
 */
final class RasterStream {
  private final IncrementalDecoder decoder;
  private final TransformerConfig config;
  private final Vocabulary vocabulary;
  private final int[] positions;
  private final int[] tokens;

  /** Says which code a row has in a slot. */
  @FunctionalInterface
  interface Codes {
    int of(int row, int slot);
  }

  /**
   * Gives the decoder all texts.
   *
   * @param texts ids of the text of each row
   */
  RasterStream(IncrementalDecoder decoder, List<int[]> texts, BooleanSupplier cancelled) {
    this.decoder = decoder;
    config = decoder.config();
    vocabulary = new Vocabulary(config);
    SequenceBuilder builder = new SequenceBuilder(config);
    Layout layout = builder.layout(Direction.FORWARD);
    positions = layout.positions();
    tokens = new int[texts.size()];
    List<Prefill.Condition> conditions = new ArrayList<>();
    for (int row = 0; row < tokens.length; row++) {
      conditions.add(Prefill.Condition.of(layout, builder.textIds(texts.get(row))));
      tokens[row] = conditions.get(row).lastToken();
    }
    Prefill.run(decoder, conditions, cancelled);
  }

  /**
   * Goes on to a slot.
   *
   * @param slot after the one asked for before
   * @param codes of all slots before it
   * @return logits of the slot's code for each row, the decoder's own
   */
  float[][] logits(int slot, Codes codes) {
    while (true) {
      int input = decoder.length();
      int next = input - config.textLength();
      for (int row = 0; row < tokens.length && next > 0; row++) {
        tokens[row] = vocabulary.image(codes.of(row, next - 1));
      }
      Range range = next == slot ? Range.IMAGE : Range.NONE;
      float[][] logits = decoder.step(tokens, positions[input], positions[input + 1], range);
      if (next == slot) {
        return logits;
      }
    }
  }
}
