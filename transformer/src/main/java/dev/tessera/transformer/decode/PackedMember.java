package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.NativeThreads;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.Tensor;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.PackedWeights.PackedBlock;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/** By oneDNN, tile by tile, on weights that were packed once. */
final class PackedMember extends Member {
  private final OneDnn dnn = new OneDnn();
  private final PackedWeights packed;
  private final Shared shared;
  private final Panels heads;
  private final KeyValueCache cache;
  private final @Nullable PackedAttention attention;
  private final float[] row;
  private final short[] rounded;
  private final NativeMatrix normed;
  private final NativeMatrix projected;
  private final List<Tile> tiles = new ArrayList<>();

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
    super(weights, team, member, rows, config.width());
    this.packed = packed;
    this.shared = shared;
    heads = Panels.ofHeads(config.heads(), config.headWidth());
    int width = config.width();
    int from = heads.firstColumn(member, team.members());
    int to = heads.firstColumn(member + 1, team.members());
    row = new float[width];
    rounded = new short[width];
    normed = new NativeMatrix(dnn, DataType.BFLOAT16, rows, width);
    projected = new NativeMatrix(dnn, DataType.FLOAT, rows, Math.max(1, 3 * (to - from)));
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
  KeyValueCache cache() {
    return cache;
  }

  @Override
  void run(Pass pass) {
    int threadsBefore = NativeThreads.limitToOne();
    try {
      super.run(pass);
    } finally {
      NativeThreads.restore(threadsBefore);
    }
  }

  @Override
  void project(int layer, int rows) {
    run(rows, layer, LayerCalls::qkv);
  }

  @Override
  void attend(Pass pass, int layer) {
    if (attention != null) {
      attention.attend(pass, layer);
    }
  }

  @Override
  void out(int layer, int rows) {
    run(rows, layer, LayerCalls::out);
  }

  @Override
  void up(int layer, int rows) {
    run(rows, layer, LayerCalls::up);
  }

  @Override
  void down(int layer, int rows) {
    run(rows, layer, LayerCalls::down);
  }

  @Override
  void addResult(@Nullable Norm norm, int rows) {
    for (int r = 0; r < rows; r++) {
      shared.result.get(r, 0, row, 0, row.length);
      x.add(r, row, norm);
    }
  }

  @Override
  void normalise(Norm norm, int rows) {
    for (int r = 0; r < rows; r++) {
      x.read(r, norm, row);
      Bfloat16.round(row, 0, rounded, 0, row.length);
      normed.put(r, 0, rounded, 0, rounded.length);
    }
  }

  @Override
  void logits(Pass pass) {
    boolean text = pass.range() == Range.TEXT;
    for (int i = 0; i < NativeMatrix.tiles(pass.rows()); i++) {
      run(text ? tile(i).textHead : tile(i).imageHead);
    }
    NativeMatrix found = text ? shared.textLogits : shared.imageLogits;
    Panels panels = Panels.of(pass.logits(0).length);
    int from = panels.firstColumn(member, team.members());
    int columns = panels.firstColumn(member + 1, team.members()) - from;
    for (int r = 0; r < pass.rows(); r++) {
      found.get(r, from, pass.logits(r), from, columns);
    }
  }

  /** Which of a layer's products. */
  @FunctionalInterface
  private interface Chosen {
    @Nullable Call of(LayerCalls calls);
  }

  /** One product, tile by tile: its weights are near when the next tile needs them. */
  private void run(int rows, int layer, Chosen product) {
    for (int i = 0; i < NativeMatrix.tiles(rows); i++) {
      run(product.of(tile(i).layers[layer]));
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
}
