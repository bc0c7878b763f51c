package dev.tessera.transformer.decode;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.onednn.Arena;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear.Rounding;
import dev.tessera.transformer.TransformerConfig;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a decoder keeps the weights of its matrix products. Where they are not in f32, the table of
 * tokens and the matrix of neighbours are rounded to bfloat16. Everything else is in f32.
 */
public enum WeightFormat {
  /** As they were trained: plain Java, the reference for the others, and without native code. */
  F32,
  /** Rounded to bfloat16, products by oneDNN with sums in f32: half the memory to read. */
  BF16,
  /**
   * Rounded to whole numbers of eight bits with a factor for each column: a quarter of the memory,
   * at the cost of making bfloat16 numbers of them in each product.
   */
  INT8;

  private static final Logger LOG = LoggerFactory.getLogger(WeightFormat.class);

  /** BF16 where the processor multiplies such numbers itself, F32 elsewhere. Loads oneDNN. */
  public static WeightFormat best() {
    if (!OneDnn.isAvailable()) {
      LOG.info("oneDNN does not load here: tokens are decoded in plain Java, in f32");
      return F32;
    }
    return OneDnn.multipliesBfloat16() ? BF16 : F32;
  }

  /** All that run here, F32 first. */
  public static List<WeightFormat> usable() {
    return OneDnn.isAvailable() && OneDnn.takesBfloat16() ? List.of(values()) : List.of(F32);
  }

  /** The format in which products have the precision of graphs that are computed so. */
  public static WeightFormat of(Execution execution) {
    return switch (execution.precision()) {
      case F32 -> F32;
      case BF16 -> BF16;
    };
  }

  /**
   * The members of a team.
   *
   * @param slots rows that are remembered
   * @param rows of a pass at most
   */
  Member[] members(
      TransformerConfig config, TransformerWeights weights, ThreadTeam team, int slots, int rows) {
    Member[] members = new Member[team.members()];
    if (this == F32) {
      PlainMember.Shared shared = new PlainMember.Shared(config, rows);
      Arrays.setAll(members, m -> new PlainMember(config, weights, shared, team, m, slots, rows));
    } else {
      OneDnn dnn = new OneDnn();
      Rounding rounding = this == BF16 ? Rounding.BFLOAT16 : Rounding.INT8;
      PackedMember.Shared shared = new PackedMember.Shared(dnn, config, rows);
      TransformerWeights rest = weights.besidesPacked();
      Arrays.setAll(
          members,
          m -> {
            Arena arena = new Arena(dnn);
            PackedWeights packed =
                PackedWeights.pack(dnn, arena, rounding, config, weights, m, members.length);
            return new PackedMember(config, rest, packed, arena, shared, team, m, slots, rows);
          });
    }
    return members;
  }
}
