package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.NativeThreads;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.PackedProduct;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.PackedWeights.PackedBlock;
import dev.tessera.transformer.decode.TransformerWeights.Block;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * By oneDNN, tile by tile, on weights that were packed once. The residual stream is shared: what a
 * product adds to it, it adds itself, each member in its own columns.
 */
final class PackedMember extends Member {
  private final OneDnn dnn = new OneDnn();
  private final PackedWeights packed;
  private final Shared shared;
  private final Panels heads;
  private final KeyValueCache cache;
  private final @Nullable PackedAttention attention;

  /** One row, for what is done in plain Java. */
  private final ResidualStream stream;

  private final float[] row;
  private final short[] rounded;
  private final NativeMatrix normed;
  private final NativeMatrix projected;
  private final List<Tile> tiles = new ArrayList<>();
  private final @Nullable Tile single;

  /** Rows that members give each other. */
  static final class Shared {
    private final NativeMatrix x;
    private final NativeMatrix attended;
    private final NativeMatrix hidden;
    private final NativeMatrix result;
    private final NativeMatrix textLogits;
    private final NativeMatrix imageLogits;

    Shared(OneDnn dnn, TransformerConfig config, int rows) {
      x = new NativeMatrix(dnn, DataType.FLOAT, rows, config.width());
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
    super(weights, team, member);
    this.packed = packed;
    this.shared = shared;
    heads = Panels.ofHeads(config.heads(), config.headWidth());
    int width = config.width();
    int from = heads.firstColumn(member, team.members());
    int to = heads.firstColumn(member + 1, team.members());
    stream = new ResidualStream(1, width);
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
              dnn, config, weights.blocks(), own, projected, shared.attended, from, to);
    }
    single = packed.takesRowsAlone() ? new Tile(0, 1) : null;
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

  /** Of rows, each member some. */
  @Override
  void embed(Pass pass) {
    float[] x = stream.row(0);
    for (int r = member; r < pass.rows(); r += team.members()) {
      weights.embed(pass.token(r), pass.position(r), pass.targetPosition(r), x);
      shared.x.put(r, 0, x, 0, x.length);
    }
    team.meet(member);
  }

  @Override
  void normalise(Norm norm, int rows) {
    float[] x = stream.row(0);
    for (int r = 0; r < rows; r++) {
      shared.x.get(r, 0, x, 0, x.length);
      stream.read(0, norm, row);
      Bfloat16.round(row, 0, rounded, 0, row.length);
      normed.put(r, 0, rounded, 0, rounded.length);
    }
  }

  @Override
  void project(int layer, int rows) {
    run(rows, tile -> tile.qkv, packed.blocks().get(layer).qkv());
  }

  @Override
  void attend(Pass pass, int layer) {
    if (attention != null) {
      attention.attend(pass, layer);
    }
  }

  @Override
  void out(int layer, int rows) {
    run(rows, tile -> tile.out, packed.blocks().get(layer).out());
  }

  @Override
  void up(int layer, int rows) {
    run(rows, tile -> tile.up, packed.blocks().get(layer).up());
  }

  @Override
  void down(int layer, int rows) {
    run(rows, tile -> tile.down, packed.blocks().get(layer).down());
  }

  /** Without a norm in between it has been added. With one, each member does some rows. */
  @Override
  void addResult(@Nullable Norm norm, int rows) {
    if (norm == null) {
      return;
    }
    float[] x = stream.row(0);
    for (int r = member; r < rows; r += team.members()) {
      shared.x.get(r, 0, x, 0, x.length);
      shared.result.get(r, 0, row, 0, row.length);
      stream.add(0, row, norm);
      shared.x.put(r, 0, x, 0, x.length);
    }
    team.meet(member);
  }

  @Override
  void logits(Pass pass) {
    int rows = pass.rows();
    boolean text = pass.range() == Range.TEXT;
    if (text) {
      run(rows, tile -> tile.textHead, packed.textHead());
    } else {
      run(rows, tile -> tile.imageHead, packed.imageHead());
    }
    NativeMatrix found = text ? shared.textLogits : shared.imageLogits;
    Panels panels = Panels.of(pass.logits(0).length);
    int from = panels.firstColumn(member, team.members());
    int columns = panels.firstColumn(member + 1, team.members()) - from;
    for (int r = 0; r < rows; r++) {
      found.get(r, from, pass.logits(r), from, columns);
    }
  }

  /** Which of a tile's products. */
  @FunctionalInterface
  private interface Chosen {
    @Nullable PackedProduct of(Tile tile);
  }

  /** One product, tile by tile: its weights are near when the next tile needs them. */
  private void run(int rows, Chosen chosen, @Nullable PackedLinear linear) {
    for (int i = 0; i < tiles(rows); i++) {
      PackedProduct product = chosen.of(tile(i, rows));
      if (product != null && linear != null) {
        product.run(linear);
      }
    }
  }

  private static int tiles(int rows) {
    return NativeMatrix.tiles(rows);
  }

  /** One of the tiles of a number of rows. */
  private Tile tile(int index, int rows) {
    if (rows == 1 && single != null) {
      return single;
    }
    while (tiles.size() <= index) {
      tiles.add(new Tile(tiles.size() * PackedLinear.TILE, PackedLinear.TILE));
    }
    return tiles.get(index);
  }

  /**
   * What is done with some rows, a tile of them or one: of each product one call for all layers,
   * null where the member has no columns.
   */
  private final class Tile {
    private final int first;
    private final int rows;
    private final @Nullable PackedProduct qkv;
    private final @Nullable PackedProduct out;
    private final @Nullable PackedProduct up;
    private final @Nullable PackedProduct down;
    private final @Nullable PackedProduct textHead;
    private final @Nullable PackedProduct imageHead;

    Tile(int first, int rows) {
      this.first = first;
      this.rows = rows;
      PackedBlock block = packed.blocks().get(0);
      Block norms = weights.blocks().get(0);
      qkv = product(block.qkv(), normed, projected, 0, projected.columns(), Activation.NONE);
      out = added(block.out(), shared.attended, norms.attentionNorm());
      up = product(block.up(), normed, shared.hidden, Activation.GELU);
      down = added(block.down(), shared.hidden, norms.mlpNorm());
      textHead = product(packed.textHead(), normed, shared.textLogits, Activation.NONE);
      imageHead = product(packed.imageHead(), normed, shared.imageLogits, Activation.NONE);
    }

    private @Nullable PackedProduct added(
        @Nullable PackedLinear linear, NativeMatrix from, @Nullable Norm norm) {
      return norm == null
          ? product(linear, from, shared.x, Activation.ADDED)
          : product(linear, from, shared.result, Activation.NONE);
    }

    /** Into the own columns of y. */
    private @Nullable PackedProduct product(
        @Nullable PackedLinear linear, NativeMatrix x, NativeMatrix y, Activation activation) {
      Panels panels = Panels.of(y.columns());
      return product(
          linear,
          x,
          y,
          panels.firstColumn(member, team.members()),
          panels.firstColumn(member + 1, team.members()),
          activation);
    }

    private @Nullable PackedProduct product(
        @Nullable PackedLinear linear,
        NativeMatrix x,
        NativeMatrix y,
        int from,
        int to,
        Activation activation) {
      if (linear == null) {
        return null;
      }
      return linear.product(dnn, x.rows(first, rows), y.rows(first, rows, from, to), activation);
    }
  }
}
