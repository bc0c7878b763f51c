package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Arena;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Rounding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one member's part of all matrix products, as oneDNN reads them: its columns. Of a
 * matrix with fewer panels than there are members some have none, which is null. The products of
 * heads and of hidden channels are sums of {@link Halves}.
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
   * @param out of each half
   * @param down of each half
   */
  record PackedBlock(
      @Nullable PackedLinear qkv,
      List<Optional<PackedLinear>> out,
      @Nullable PackedLinear up,
      List<Optional<PackedLinear>> down) {
    private boolean takesRowsAlone() {
      return alone(qkv)
          && alone(up)
          && Stream.of(out, down).flatMap(List::stream).allMatch(half -> alone(half.orElse(null)));
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
      Arena arena,
      Rounding rounding,
      TransformerConfig config,
      TransformerWeights weights,
      int member,
      int members) {
    Packer packer = new Packer(dnn, arena, rounding, member, members);
    Panels heads = Panels.ofHeads(config.heads(), config.headWidth());
    return new PackedWeights(
        weights.blocks().stream().map(block -> packer.pack(heads, block)).toList(),
        packer.pack(withoutBias(weights.textHead())),
        packer.pack(withoutBias(weights.imageHead())));
  }

  private static Linear withoutBias(float[][] weight) {
    return new Linear(weight, new float[weight[0].length]);
  }

  private record Packer(OneDnn dnn, Arena arena, Rounding rounding, int member, int members) {
    PackedBlock pack(Panels heads, Block block) {
      int from = heads.firstColumn(member, members);
      int to = heads.firstColumn(member + 1, members);
      int width = heads.columns();
      return new PackedBlock(
          pack(
              block.qkv(),
              new Span(0, width),
              new Span(from, to),
              new Span(width + from, width + to),
              new Span(2 * width + from, 2 * width + to)),
          pack(block.out(), Halves.of(heads)),
          pack(block.up()),
          pack(block.down(), Halves.of(Panels.of(block.up().bias().length))));
    }

    @Nullable PackedLinear pack(Linear linear) {
      Panels panels = Panels.of(linear.bias().length);
      Span rows = new Span(0, linear.weight().length);
      return pack(linear, rows, Span.of(panels, member, members));
    }

    /** Of each half the own columns; the bias is in one of them. */
    private List<Optional<PackedLinear>> pack(Linear linear, Halves halves) {
      float[] none = new float[linear.bias().length];
      List<Optional<PackedLinear>> packed = new ArrayList<>();
      for (int half = 0; half < Halves.COUNT; half++) {
        packed.add(
            Optional.ofNullable(
                pack(
                    half == halves.first() ? linear : new Linear(linear.weight(), none),
                    halves.rows(half),
                    Halves.columns(linear.bias().length, half, member, members))));
      }
      return packed;
    }

    /** Some rows, of them the columns of some spans, one after the other. */
    private @Nullable PackedLinear pack(Linear linear, Span rows, Span... spans) {
      int columns = Arrays.stream(spans).mapToInt(Span::length).sum();
      if (columns == 0 || rows.length() == 0) {
        return null;
      }
      float[] weight = new float[rows.length() * columns];
      float[] bias = new float[columns];
      int column = 0;
      for (Span span : spans) {
        System.arraycopy(linear.bias(), span.from(), bias, column, span.length());
        for (int row = 0; row < rows.length(); row++) {
          System.arraycopy(
              linear.weight()[rows.from() + row],
              span.from(),
              weight,
              row * columns + column,
              span.length());
        }
        column += span.length();
      }
      return new PackedLinear(dnn, arena, weight, bias, rows.length(), rounding);
    }
  }
}
