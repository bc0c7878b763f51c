package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.NativeThreads;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.Tensor;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.PackedWeights.PackedBlock;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * By oneDNN, on weights that were packed once: products tile by tile, what else there is to do with
 * rows for as many as there are, up to a power of two.
 */
final class PackedMember implements Member {
  private final OneDnn dnn = new OneDnn();
  private final int member;
  private final ThreadTeam team;
  private final TransformerWeights weights;
  private final PackedWeights packed;
  private final Shared shared;
  private final Panels heads;
  private final KeyValueCache cache;
  private final @Nullable PackedAttention attention;
  private final NativeMatrix x;
  private final NativeMatrix normed;
  private final NativeMatrix added;
  private final NativeMatrix projected;
  private final float[] embedded;
  private final List<Tile> tiles = new ArrayList<>();
  private final List<@Nullable Strip[]> strips = new ArrayList<>();

  /** Rows that members give each other. */
  static final class Shared {
    private final NativeMatrix attended;
    private final NativeMatrix hidden;
    private final NativeMatrix result;
    private final NativeMatrix textLogits;
    private final NativeMatrix imageLogits;

    Shared(OneDnn dnn, TransformerConfig config, int rows) {
      attended = new NativeMatrix(dnn, DataType.BFLOAT16, rows, config.width());
      hidden = new NativeMatrix(dnn, DataType.BFLOAT16, rows, 4 * config.width());
      result = new NativeMatrix(dnn, DataType.FLOAT, rows, config.width());
      textLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.textVocabulary());
      imageLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.imageVocabulary());
    }
  }

  /**
   * @param weights of which matrices are not read
   * @param packed the member's
   * @param slots of the cache
   * @param rows of a pass at most
   */
  PackedMember(
      TransformerConfig config,
      TransformerWeights weights,
      PackedWeights packed,
      Shared shared,
      ThreadTeam team,
      int member,
      int slots,
      int rows) {
    this.member = member;
    this.team = team;
    this.weights = weights;
    this.packed = packed;
    this.shared = shared;
    heads = Panels.ofHeads(config.heads(), config.headWidth());
    int width = config.width();
    int from = heads.firstColumn(member, team.members());
    int to = heads.firstColumn(member + 1, team.members());
    x = new NativeMatrix(dnn, DataType.FLOAT, rows, width);
    normed = new NativeMatrix(dnn, DataType.BFLOAT16, rows, width);
    added = new NativeMatrix(dnn, DataType.FLOAT, rows, width);
    projected = new NativeMatrix(dnn, DataType.FLOAT, rows, Math.max(1, 3 * (to - from)));
    embedded = new float[width];
    if (from == to) {
      cache = (source, target, length) -> {};
      attention = null;
    } else {
      PackedCache own = new PackedCache(dnn, config, slots, (to - from) / config.headWidth());
      cache = own;
      attention =
          new PackedAttention(
              dnn, config, weights.blocks(), own, projected, shared.attended, from, to, slots);
    }
  }

  @Override
  public KeyValueCache cache() {
    return cache;
  }

  @Override
  public void run(Pass pass) {
    int threadsBefore = NativeThreads.limitToOne();
    try {
      compute(pass);
    } finally {
      NativeThreads.restore(threadsBefore);
    }
  }

  private void compute(Pass pass) {
    int rows = pass.rows();
    for (int row = 0; row < rows; row++) {
      weights.embed(pass.token(row), pass.position(row), pass.targetPosition(row), embedded);
      x.put(row, 0, embedded, 0, embedded.length);
    }
    int count = NativeMatrix.tiles(rows);
    for (int layer = 0; layer < weights.blocks().size(); layer++) {
      for (int i = 0; i < count; i++) {
        strip(i, rows).norm1[layer].run();
        run(tile(i).layers[layer].qkv);
      }
      if (attention != null) {
        attention.attend(pass, layer);
      }
      team.meet(member);
      for (int i = 0; i < count; i++) {
        run(tile(i).layers[layer].out);
      }
      team.meet(member);
      for (int i = 0; i < count; i++) {
        Strip strip = strip(i, rows);
        strip.add(strip.attentionNorm, layer);
        strip.norm2[layer].run();
        run(tile(i).layers[layer].up);
      }
      team.meet(member);
      for (int i = 0; i < count; i++) {
        run(tile(i).layers[layer].down);
      }
      team.meet(member);
      for (int i = 0; i < count; i++) {
        Strip strip = strip(i, rows);
        strip.add(strip.mlpNorm, layer);
      }
    }
    if (pass.range() != Range.NONE) {
      logits(pass, count);
    }
  }

  private void logits(Pass pass, int count) {
    boolean text = pass.range() == Range.TEXT;
    for (int i = 0; i < count; i++) {
      strip(i, pass.rows()).lastNorm.run();
      run(text ? tile(i).textHead : tile(i).imageHead);
    }
    NativeMatrix found = text ? shared.textLogits : shared.imageLogits;
    Panels panels = Panels.of(pass.logits(0).length);
    int from = panels.firstColumn(member, team.members());
    int columns = panels.firstColumn(member + 1, team.members()) - from;
    for (int row = 0; row < pass.rows(); row++) {
      found.get(row, from, pass.logits(row), from, columns);
    }
  }

  private static void run(@Nullable Call call) {
    if (call != null) {
      call.run();
    }
  }

  private Tile tile(int index) {
    while (tiles.size() <= index) {
      tiles.add(new Tile(tiles.size()));
    }
    return tiles.get(index);
  }

  /** The rows of a tile, of so many rows that there are in all. */
  private Strip strip(int tile, int rows) {
    while (strips.size() <= tile) {
      strips.add(new Strip[Integer.numberOfTrailingZeros(PackedLinear.TILE) + 1]);
    }
    int there = Math.min(PackedLinear.TILE, rows - tile * PackedLinear.TILE);
    int size = Integer.SIZE - Integer.numberOfLeadingZeros(there - 1);
    @Nullable Strip[] ofTile = strips.get(tile);
    Strip strip = ofTile[size];
    if (strip == null) {
      strip = new Strip(tile * PackedLinear.TILE, 1 << size);
      ofTile[size] = strip;
    }
    return strip;
  }

  private record LayerCalls(
      @Nullable Call qkv, @Nullable Call out, @Nullable Call up, @Nullable Call down) {}

  /** The products of a tile. */
  private final class Tile {
    private final int index;
    private final LayerCalls[] layers;
    private final @Nullable Call textHead;
    private final @Nullable Call imageHead;

    Tile(int index) {
      this.index = index;
      layers = packed.blocks().stream().map(this::calls).toArray(LayerCalls[]::new);
      textHead = call(packed.textHead(), normed, shared.textLogits, Activation.NONE);
      imageHead = call(packed.imageHead(), normed, shared.imageLogits, Activation.NONE);
    }

    private LayerCalls calls(PackedBlock block) {
      PackedLinear qkv = block.qkv();
      return new LayerCalls(
          qkv == null
              ? null
              : qkv.call(dnn, normed.tile(index), projected.tile(index), Activation.NONE),
          call(block.out(), shared.attended, shared.result, Activation.NONE),
          call(block.up(), normed, shared.hidden, Activation.GELU),
          call(block.down(), shared.hidden, shared.result, Activation.NONE));
    }

    /** Into the own columns of y. */
    private @Nullable Call call(
        @Nullable PackedLinear linear, NativeMatrix from, NativeMatrix to, Activation activation) {
      if (linear == null) {
        return null;
      }
      Tensor x = from.tile(index);
      Tensor y = to.tile(index);
      Panels panels = Panels.of((int) y.size(1));
      Tensor own =
          to.tile(
              index,
              panels.firstColumn(member, team.members()),
              panels.firstColumn(member + 1, team.members()));
      return linear.call(dnn, x, own, activation);
    }
  }

  /** Some rows of the residual stream. */
  private final class Strip {
    private final int first;
    private final int count;
    private final Call[] norm1;
    private final Call[] norm2;
    private final Call lastNorm;
    private final @Nullable Call[] attentionNorm;
    private final @Nullable Call[] mlpNorm;
    private final Call addResult;
    private final Call addNormed;

    Strip(int first, int count) {
      this.first = first;
      this.count = count;
      List<Block> blocks = weights.blocks();
      norm1 = blocks.stream().map(block -> norm(block.norm1(), x, normed)).toArray(Call[]::new);
      norm2 = blocks.stream().map(block -> norm(block.norm2(), x, normed)).toArray(Call[]::new);
      lastNorm = norm(weights.norm(), x, normed);
      attentionNorm = new Call[blocks.size()];
      mlpNorm = new Call[blocks.size()];
      for (int layer = 0; layer < blocks.size(); layer++) {
        attentionNorm[layer] = normOfResult(blocks.get(layer).attentionNorm());
        mlpNorm[layer] = normOfResult(blocks.get(layer).mlpNorm());
      }
      addResult = addition(shared.result);
      addNormed = addition(added);
    }

    /** Adds what was computed last to the residual stream, by way of a layer's norm if it has. */
    void add(@Nullable Call[] norms, int layer) {
      Call norm = norms[layer];
      if (norm == null) {
        addResult.run();
      } else {
        norm.run();
        addNormed.run();
      }
    }

    private @Nullable Call normOfResult(@Nullable Norm norm) {
      return norm == null ? null : norm(norm, shared.result, added);
    }

    private Call norm(Norm norm, NativeMatrix from, NativeMatrix to) {
      Tensor source = from.rows(first, count);
      Tensor target = to.rows(first, count);
      return dnn.shared(
              List.of("norm", count, target.layout().type()),
              () -> dnn.layerNormOfInference(source.layout(), target.layout(), NORM_EPSILON))
          .normCall(
              source,
              dnn.constant(norm.scale(), norm::scale, norm.scale().length),
              dnn.constant(norm.bias(), norm::bias, norm.bias().length),
              target);
    }

    private Call addition(NativeMatrix what) {
      Tensor sum = x.rows(first, count);
      return dnn.shared(
              List.of("addition", count),
              () ->
                  dnn.binary(algorithm.binary_add, sum.layout(), sum.layout(), sum.layout()))
          .binaryCall(sum, what.rows(first, count), sum);
    }
  }
}
