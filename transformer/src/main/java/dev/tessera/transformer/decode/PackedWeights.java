package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Rounding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of all matrix products, panel by panel, as oneDNN reads them. The members of a team
 * share them.
 *
 * @param blocks one for each layer
 * @param textHead panels of the text range
 * @param imageHead panels of the image range
 */
record PackedWeights(List<PackedBlock> blocks, PackedLinear[] textHead, PackedLinear[] imageHead) {
  /**
   * One layer.
   *
   * @param qkv for each panel of heads: their queries, their keys, their values
   */
  record PackedBlock(
      PackedLinear[] qkv, PackedLinear[] out, PackedLinear[] up, PackedLinear[] down) {}

  static PackedWeights pack(
      OneDnn dnn, Rounding rounding, TransformerConfig config, TransformerWeights weights) {
    Panels heads = Panels.ofHeads(config.heads(), config.headWidth());
    return new PackedWeights(
        weights.blocks().stream().map(block -> pack(dnn, rounding, heads, block)).toList(),
        panels(dnn, rounding, withoutBias(weights.textHead())),
        panels(dnn, rounding, withoutBias(weights.imageHead())));
  }

  private static PackedBlock pack(OneDnn dnn, Rounding rounding, Panels heads, Block block) {
    PackedLinear[] qkv = new PackedLinear[heads.count()];
    for (int panel = 0; panel < qkv.length; panel++) {
      int from = heads.start(panel);
      int to = heads.start(panel + 1);
      int width = heads.columns();
      qkv[panel] =
          pack(
              dnn,
              rounding,
              block.qkv(),
              new int[] {from, width + from, 2 * width + from},
              new int[] {to, width + to, 2 * width + to});
    }
    return new PackedBlock(
        qkv,
        panels(dnn, rounding, block.out()),
        panels(dnn, rounding, block.up()),
        panels(dnn, rounding, block.down()));
  }

  private static Linear withoutBias(float[][] weight) {
    return new Linear(weight, new float[weight[0].length]);
  }

  private static PackedLinear[] panels(OneDnn dnn, Rounding rounding, Linear linear) {
    Panels panels = Panels.of(linear.bias().length);
    PackedLinear[] packed = new PackedLinear[panels.count()];
    for (int panel = 0; panel < packed.length; panel++) {
      packed[panel] =
          pack(
              dnn,
              rounding,
              linear,
              new int[] {panels.start(panel)},
              new int[] {panels.start(panel + 1)});
    }
    return packed;
  }

  /** The columns of some ranges, one after the other. */
  private static PackedLinear pack(
      OneDnn dnn, Rounding rounding, Linear linear, int[] from, int[] to) {
    int columns = Arrays.stream(to).sum() - Arrays.stream(from).sum();
    float[] weight = new float[linear.weight().length * columns];
    float[] bias = new float[columns];
    int column = 0;
    for (int range = 0; range < from.length; range++) {
      int count = to[range] - from[range];
      System.arraycopy(linear.bias(), from[range], bias, column, count);
      for (int row = 0; row < linear.weight().length; row++) {
        System.arraycopy(linear.weight()[row], from[range], weight, row * columns + column, count);
      }
      column += count;
    }
    return new PackedLinear(dnn, weight, bias, linear.weight().length, rounding);
  }
}
