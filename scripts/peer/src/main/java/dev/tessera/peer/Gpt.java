package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;

import dev.tessera.peer.Parameters.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** A pre-norm GPT with learned positions and an output projection of its own. */
final class Gpt {
  private static final double SPREAD = 0.02;

  /** Weight and bias of an affine map or of a norm. */
  private record Pair(Parameter weight, Parameter bias) {}

  private record Block(Pair norm1, Pair qkv, Pair out, Pair norm2, Pair up, Pair down) {}

  /**
   * Keys and values of one layer, [B, heads, sequence, head width] each.
   *
   * @param keys filled up to the positions that were seen
   * @param values likewise
   */
  record Cache(Tensor keys, Tensor values) {}

  private final GptShape shape;
  private final Parameters parameters = new Parameters();
  private final Parameter tokens;
  private final Parameter positions;
  private final List<Block> blocks = new ArrayList<>();
  private final Pair norm;
  private final Pair head;

  /** The precision that activations are cast to at products; f32 where all is cast already. */
  private Setting casts = Setting.F32;

  private Gpt(GptShape shape) {
    this.shape = shape;
    int width = shape.width();
    tokens = parameters.normal(SPREAD, shape.vocabulary(), width);
    positions = parameters.normal(SPREAD, shape.sequence(), width);
    for (int layer = 0; layer < shape.layers(); layer++) {
      blocks.add(
          new Block(
              norm(),
              affine(width, 3 * width),
              affine(width, width),
              norm(),
              affine(width, 4 * width),
              affine(4 * width, width)));
    }
    norm = norm();
    head = affine(width, shape.vocabulary());
  }

  /** A network to be trained. */
  static Gpt forTraining(GptShape shape, Setting setting) {
    Gpt gpt = new Gpt(shape);
    gpt.casts = setting;
    gpt.parameters.allocateForTraining();
    return gpt;
  }

  /** A network whose weights are stored in the precision of products. */
  static Gpt forInference(GptShape shape, Setting setting) {
    Gpt gpt = new Gpt(shape);
    gpt.parameters.allocateForInference(setting);
    return gpt;
  }

  Parameters parameters() {
    return parameters;
  }

  private Pair affine(int inputs, int outputs) {
    return new Pair(parameters.normal(SPREAD, outputs, inputs), parameters.zero(outputs));
  }

  private Pair norm() {
    return new Pair(parameters.one(shape.width()), parameters.zero(shape.width()));
  }

  /** Logits of whole sequences: ids [B, T] → [B, T, V]. */
  Tensor logits(Tensor ids) {
    return affine(norm(hidden(ids, 0, List.of()), norm), head);
  }

  /**
   * Logits after the last of some more positions: ids [B, T] → [B, V].
   *
   * @param start positions that the cache has seen
   * @param caches of each layer
   */
  Tensor nextLogits(Tensor ids, long start, List<Cache> caches) {
    Tensor last = hidden(ids, start, caches).narrow(1, ids.size(1) - 1, 1).squeeze(1);
    return affine(norm(last, norm), head);
  }

  private Tensor hidden(Tensor ids, long start, List<Cache> caches) {
    long length = ids.size(1);
    Tensor x = embedding(tokens.tensor(), ids).add(positions.tensor().narrow(0, start, length));
    for (int layer = 0; layer < blocks.size(); layer++) {
      Block block = blocks.get(layer);
      List<Cache> cache = caches.isEmpty() ? caches : List.of(caches.get(layer));
      Tensor qkv = affine(norm(x, block.norm1), block.qkv);
      x = x.add(affine(attention(qkv, start, cache), block.out));
      x = x.add(affine(gelu(affine(norm(x, block.norm2), block.up)), block.down));
    }
    return x;
  }

  /** [B, T, 3D] → [B, T, D]; keys and values go through the cache if there is one. */
  private Tensor attention(Tensor qkv, long start, List<Cache> cache) {
    long batch = qkv.size(0);
    long length = qkv.size(1);
    Tensor heads =
        qkv.view(batch, length, 3, shape.heads(), shape.headWidth()).permute(2, 0, 3, 1, 4);
    Tensor q = heads.select(0, 0);
    Tensor k = heads.select(0, 1);
    Tensor v = heads.select(0, 2);
    for (Cache seen : cache) {
      seen.keys.narrow(2, start, length).copy_(k);
      seen.values.narrow(2, start, length).copy_(v);
      k = seen.keys.narrow(2, 0, start + length);
      v = seen.values.narrow(2, 0, start + length);
    }
    Tensor mixed =
        scaled_dot_product_attention(
            q, k, v, new TensorOptional(), 0.0, length > 1, new DoubleOptional(), false);
    return mixed.transpose(1, 2).reshape(batch, length, shape.width());
  }

  private Tensor affine(Tensor x, Pair map) {
    return linear(
        casts.cast(x),
        casts.cast(map.weight.tensor()),
        new TensorOptional(casts.cast(map.bias.tensor())));
  }

  private Tensor norm(Tensor x, Pair norm) {
    return layer_norm(
        x,
        new long[] {shape.width()},
        new TensorOptional(norm.weight.tensor()),
        new TensorOptional(norm.bias.tensor()),
        1e-5,
        true);
  }
}
