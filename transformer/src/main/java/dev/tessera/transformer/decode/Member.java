package dev.tessera.transformer.decode;

import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a team does of a pass: of attention its own heads, of a product its own part.
 * The members wait for each other where one needs what another has computed. What they compute
 * products with, how they share these and the rows of the residual stream, is what differs between
 * the kinds of members.
 */
abstract sealed class Member permits PlainMember, PackedMember {
  /** Number of this member. */
  final int member;

  final ThreadTeam team;
  final TransformerWeights weights;

  Member(TransformerWeights weights, ThreadTeam team, int member) {
    this.weights = weights;
    this.team = team;
    this.member = member;
  }

  /** Does its part; the logits are there when all members have. */
  void run(Pass pass) {
    int rows = pass.rows();
    embed(pass);
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      Block block = weights.blocks().get(layer);
      normalise(block.norm1(), rows);
      project(layer, rows);
      attend(pass, layer);
      awaitInputs();
      out(layer, rows);
      team.meet(member);
      addOut(block.attentionNorm(), rows);

      normalise(block.norm2(), rows);
      up(layer, rows);
      awaitInputs();
      down(layer, rows);
      team.meet(member);
      addDown(block.mlpNorm(), rows);
    }
    if (pass.range() != Range.NONE) {
      normalise(weights.norm(), rows);
      logits(pass);
    }
  }

  /** What the residual stream begins with. */
  abstract void embed(Pass pass);

  /** The residual stream through a norm: the input of {@link #project}, {@link #up}, the heads. */
  abstract void normalise(Norm norm, int rows);

  /** Queries, keys and values of the own heads. */
  abstract void project(int layer, int rows);

  /** Attention of the own heads. */
  abstract void attend(Pass pass, int layer);

  /** Waits for what {@link #out} or {@link #down} reads of other members. */
  abstract void awaitInputs();

  /** From what was attended to, the own part of what is added. */
  abstract void out(int layer, int rows);

  /** The own columns of the hidden layer, activated. */
  abstract void up(int layer, int rows);

  /** From the hidden layer, the own part of what is added. */
  abstract void down(int layer, int rows);

  /** Makes what {@link #out} of all members found part of the stream. */
  abstract void addOut(@Nullable Norm norm, int rows);

  /** Makes what {@link #down} of all members found part of the stream. */
  abstract void addDown(@Nullable Norm norm, int rows);

  /** The own columns of the logits. */
  abstract void logits(Pass pass);

  /** Keys and values of the member's own heads. */
  abstract KeyValueCache cache();
}
