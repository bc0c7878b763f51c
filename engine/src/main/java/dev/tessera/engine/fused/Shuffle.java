package dev.tessera.engine.fused;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;

import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the pixels of block × block squares into channels, [B, H, W, C] → [B, H / block, W / block,
 * block²·C], or back.
 */
record Shuffle(int block, boolean toDepth) implements FusedKernel {
  static Shuffle decode(long[] attributes) {
    return new Shuffle((int) attributes[0], attributes[1] != 0);
  }

  @Override
  public FusedKind kind() {
    return FusedKind.SHUFFLE;
  }

  @Override
  public long[] attributes() {
    return new long[] {block, toDepth ? 1 : 0};
  }

  @Override
  public List<TensorType> results(List<TensorType> inputs) {
    TensorType x = inputs.get(0);
    long b = block;
    return List.of(
        toDepth
            ? TensorType.of(x.type(), x.size(0), x.size(1) / b, x.size(2) / b, x.size(3) * b * b)
            : TensorType.of(x.type(), x.size(0), x.size(1) * b, x.size(2) * b, x.size(3) / b / b));
  }

  @Override
  public List<@Nullable Typed> gradients(Derivation node) {
    return List.of(
        node.one(new Shuffle(block, !toDepth), node.upstream(node.input(0).type().type())));
  }

  @Override
  public Runnable bind(Operands operands) {
    Tensor deep = toDepth ? operands.result(0) : operands.input(0);
    long[] sizes = deep.layout().sizes();
    // A row of a block, with its channels, stays together: B, H / block, W / block, row, pixels.
    long piece = sizes[3] / block;
    long[] pieces = {sizes[0], sizes[1], sizes[2], block, piece};
    Layout inDepth = Layout.dense(deep.layout().type(), pieces);
    long line = sizes[2] * piece;
    Layout inSpace =
        Layout.strided(
            deep.layout().type(), pieces, sizes[1] * block * line, block * line, piece, line, 1);
    Tensor from = operands.input(0).as(toDepth ? inSpace : inDepth);
    Tensor to = operands.result(0).as(toDepth ? inDepth : inSpace);
    return operands
        .dnn()
        .reorder(from.layout(), to.layout())
        .with(DNNL_ARG_SRC, from)
        .and(DNNL_ARG_DST, to)
        .call();
  }
}
