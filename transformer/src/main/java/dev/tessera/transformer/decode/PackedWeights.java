package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Rounding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one member's columns of all matrix products, as oneDNN reads them. Of a matrix
 * with fewer panels than there are members some have none, which is null.
 *
 * @param blocks one for each layer
 * @param textHead of the text range
 * @param imageHead of the image range
 */
record PackedWeights(
    List<PackedBlock> blocks, @Nullable PackedLinear textHead, @Nullable PackedLinear imageHead) {
  /**
   * One layer.
   *
   * @param qkv of the member's heads: their queries, their keys, their values
   */
  record PackedBlock(
      @Nullable PackedLinear qkv,
      @Nullable PackedLinear out,
      @Nullable PackedLinear up,
      @Nullable PackedLinear down) {
    private boolean takesRowsAlone() {
      return alone(qkv) && alone(out) && alone(up) && alone(down);
    }
  }

  /** Whether rows by themselves get the bits that they have in a tile, in all products. */
  boolean takesRowsAlone() {
    return alone(textHead)
        && alone(imageHead)
        && blocks.stream().allMatch(PackedBlock::takesRowsAlone);
  }

  private static boolean alone(@Nullable PackedLinear linear) {
    return linear == null || linear.takesRowsAlone();
  }

  static PackedWeights pack(
      OneDnn dnn,
      Rounding rounding,
      TransformerConfig config,
      TransformerWeights weights,
      int member,
      int members) {
    Packer packer = new Packer(dnn, rounding, member, members);
    Panels heads = Panels.ofHeads(config.heads(), config.headWidth());
    return new PackedWeights(
        weights.blocks().stream().map(block -> packer.pack(heads, block)).toList(),
        packer.pack(withoutBias(weights.textHead())),
        packer.pack(withoutBias(weights.imageHead())));
  }

  private static Linear withoutBias(float[][] weight) {
    return new Linear(weight, new float[weight[0].length]);
  }

  private record Packer(OneDnn dnn, Rounding rounding, int member, int members) {
    PackedBlock pack(Panels heads, Block block) {
      int from = heads.firstColumn(member, members);
      int to = heads.firstColumn(member + 1, members);
      int width = heads.columns();
      return new PackedBlock(
          pack(
              block.qkv(),
              new int[] {from, width + from, 2 * width + from},
              new int[] {to, width + to, 2 * width + to}),
          pack(block.out()),
          pack(block.up()),
          pack(block.down()));
    }

    @Nullable PackedLinear pack(Linear linear) {
      Panels panels = Panels.of(linear.bias().length);
      return pack(
          linear,
          new int[] {panels.firstColumn(member, members)},
          new int[] {panels.firstColumn(member + 1, members)});
    }

    /** The columns of some ranges, one after the other. */
    private @Nullable PackedLinear pack(Linear linear, int[] from, int[] to) {
      int columns = Arrays.stream(to).sum() - Arrays.stream(from).sum();
      if (columns == 0) {
        return null;
      }
      float[] weight = new float[linear.weight().length * columns];
      float[] bias = new float[columns];
      int column = 0;
      for (int range = 0; range < from.length; range++) {
        int count = to[range] - from[range];
        System.arraycopy(linear.bias(), from[range], bias, column, count);
        for (int row = 0; row < linear.weight().length; row++) {
          System.arraycopy(
              linear.weight()[row], from[range], weight, row * columns + column, count);
        }
        column += count;
      }
      return new PackedLinear(dnn, weight, bias, linear.weight().length, rounding);
    }
  }
}
