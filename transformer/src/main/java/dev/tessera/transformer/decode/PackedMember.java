package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Arena;
import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.Layout;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.NativeThreads;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.PackedProduct;
import dev.tessera.engine.onednn.Place;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.PackedWeights.PackedBlock;
import dev.tessera.transformer.decode.TransformerWeights.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * By oneDNN, tile by tile, on weights that were packed once. What is added to the residual stream
 * is a sum of {@link Halves}.
 *
 * <p>Of several rows each member keeps some in its residual stream and normalises them for all. A
 * single row all members keep, which takes less time than to wait for each other.
 */
final class PackedMember extends Member {
  private final OneDnn dnn = new OneDnn();
  private final TransformerConfig config;
  private final PackedWeights packed;
  private final Shared shared;
  private final KeyValueCache cache;
  private final @Nullable PackedAttention attention;
  private final ResidualStream stream;
  private final float[] row;
  private final float[] half;
  private final short[] rounded;

  /** The rows that the member has normalised, before they are rounded for all. */
  private final NativeMatrix normed;

  /** Of so many rows. */
  private final @Nullable Rounding[] roundings;

  /** Tile by tile, of the rows that members share. */
  private final List<Tile> tiles = new ArrayList<>();

  /** What a single row goes through; its norm is the member's own. */
  private final NativeMatrix loneNormed;

  private final Tile lone;

  /** Rows that members give each other. */
  static final class Shared {
    private final NativeMatrix normed;
    private final NativeMatrix attended;
    private final NativeMatrix hidden;
    private final NativeMatrix[] outs = new NativeMatrix[Halves.COUNT];
    private final NativeMatrix[] downs = new NativeMatrix[Halves.COUNT];
    private final NativeMatrix textLogits;
    private final NativeMatrix imageLogits;

    Shared(OneDnn dnn, TransformerConfig config, int rows) {
      normed = new NativeMatrix(dnn, DataType.BFLOAT16, rows, config.width());
      attended = new NativeMatrix(dnn, DataType.BFLOAT16, rows, config.width());
      hidden = new NativeMatrix(dnn, DataType.BFLOAT16, rows, 4 * config.width());
      for (int half = 0; half < Halves.COUNT; half++) {
        outs[half] = new NativeMatrix(dnn, DataType.FLOAT, rows, config.width());
        downs[half] = new NativeMatrix(dnn, DataType.FLOAT, rows, config.width());
      }
      textLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.textVocabulary());
      imageLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.imageVocabulary());
    }
  }

  /**
   * @param weights of which matrices are not read
   * @param packed the member's
   * @param arena for keys and values
   * @param slots of the cache
   * @param rows of a pass at most
   */
  PackedMember(
      TransformerConfig config,
      TransformerWeights weights,
      PackedWeights packed,
      Arena arena,
      Shared shared,
      ThreadTeam team,
      int member,
      int slots,
      int rows) {
    super(weights, team, member);
    this.config = config;
    this.packed = packed;
    this.shared = shared;
    int width = config.width();
    Panels heads = Panels.ofHeads(config.heads(), config.headWidth());
    Span own = Span.of(heads, member, team.members());
    stream = new ResidualStream(rows, width);
    row = new float[width];
    half = new float[width];
    rounded = new short[width];
    normed = new NativeMatrix(dnn, DataType.FLOAT, rows, width);
    roundings = new @Nullable Rounding[rows + 1];
    if (own.length() == 0) {
      cache = (source, target, length) -> {};
      attention = null;
    } else {
      PackedCache kept = new PackedCache(arena, config, slots, own.length());
      cache = kept;
      attention =
          new PackedAttention(
              dnn, config, weights.blocks(), kept, rows, shared.attended, own.from(), own.to());
    }
    loneNormed = new NativeMatrix(dnn, DataType.BFLOAT16, 1, width);
    lone = new Tile(loneNormed, 0, packed.takesRowsAlone() ? 1 : PackedLinear.TILE);
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

  /** The first of the rows that the member keeps. */
  private int firstKept(int rows) {
    return rows == 1 ? 0 : rows * member / team.members();
  }

  /** The end of the rows that the member keeps. */
  private int endOfKept(int rows) {
    return rows == 1 ? 1 : rows * (member + 1) / team.members();
  }

  @Override
  void embed(Pass pass) {
    int end = endOfKept(pass.rows());
    for (int r = firstKept(pass.rows()); r < end; r++) {
      weights.embed(pass, r, stream.row(r));
    }
  }

  @Override
  void normalise(Norm norm, int rows) {
    if (rows == 1) {
      stream.read(0, norm, row);
      Bfloat16.round(row, 0, rounded, 0, row.length);
      loneNormed.put(0, 0, rounded, 0, rounded.length);
      return;
    }
    int first = firstKept(rows);
    int end = endOfKept(rows);
    for (int r = first; r < end; r++) {
      stream.read(r, norm, row);
      normed.put(r - first, 0, row, 0, row.length);
    }
    if (first < end) {
      rounding(end - first).run(shared.normed.address((long) first * row.length));
    }
    team.meet(member);
  }

  /** Rounds the first rows of those that are normalised. */
  private record Rounding(Place target, Call call) {
    void run(long address) {
      target.move(address);
      call.run();
    }
  }

  private Rounding rounding(int rows) {
    Rounding made = roundings[rows];
    if (made == null) {
      Layout from = Layout.dense(DataType.FLOAT, rows, row.length);
      Layout to = Layout.dense(DataType.BFLOAT16, rows, row.length);
      Place target = new Place(to);
      made = new Rounding(target, dnn.reorder(from, to).call(normed.as(from), target));
      roundings[rows] = made;
    }
    return made;
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
  void awaitInputs() {
    if (Halves.areShared(team.members())) {
      team.meet(member);
    }
  }

  @Override
  void out(int layer, int rows) {
    List<Optional<PackedLinear>> halves = packed.blocks().get(layer).out();
    run(rows, tile -> tile.outs[0], halves.get(0).orElse(null));
    run(rows, tile -> tile.outs[1], halves.get(1).orElse(null));
  }

  @Override
  void addOut(@Nullable Norm norm, int rows) {
    add(shared.outs, norm, rows);
  }

  @Override
  void up(int layer, int rows) {
    run(rows, tile -> tile.up, packed.blocks().get(layer).up());
  }

  @Override
  void down(int layer, int rows) {
    List<Optional<PackedLinear>> halves = packed.blocks().get(layer).down();
    run(rows, tile -> tile.downs[0], halves.get(0).orElse(null));
    run(rows, tile -> tile.downs[1], halves.get(1).orElse(null));
  }

  @Override
  void addDown(@Nullable Norm norm, int rows) {
    add(shared.downs, norm, rows);
  }

  private void add(NativeMatrix[] halves, @Nullable Norm norm, int rows) {
    int end = endOfKept(rows);
    for (int r = firstKept(rows); r < end; r++) {
      halves[0].get(r, 0, row, 0, row.length);
      halves[1].get(r, 0, half, 0, half.length);
      for (int j = 0; j < row.length; j++) {
        row[j] += half[j];
      }
      stream.add(r, row, norm);
    }
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
    for (int i = 0; i < NativeMatrix.tiles(rows); i++) {
      PackedProduct product = chosen.of(rows == 1 ? lone : tile(i));
      if (product != null && linear != null) {
        product.run(linear);
      }
    }
  }

  private Tile tile(int index) {
    while (tiles.size() <= index) {
      tiles.add(new Tile(shared.normed, tiles.size() * PackedLinear.TILE, PackedLinear.TILE));
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
    private final @Nullable PackedProduct[] outs;
    private final @Nullable PackedProduct up;
    private final @Nullable PackedProduct[] downs;
    private final @Nullable PackedProduct textHead;
    private final @Nullable PackedProduct imageHead;

    Tile(NativeMatrix normed, int first, int rows) {
      this.first = first;
      this.rows = rows;
      PackedBlock block = packed.blocks().get(0);
      Span all = new Span(0, normed.columns());
      qkv = attention == null ? null : queries(block.qkv(), normed, attention.projected());
      outs =
          halves(
              block.out(),
              shared.attended,
              Halves.of(Panels.ofHeads(config.heads(), config.headWidth())),
              shared.outs);
      up = product(block.up(), normed, all, shared.hidden, Activation.GELU);
      downs =
          halves(
              block.down(),
              shared.hidden,
              Halves.of(Panels.of(shared.hidden.columns())),
              shared.downs);
      textHead = product(packed.textHead(), normed, all, shared.textLogits, Activation.NONE);
      imageHead = product(packed.imageHead(), normed, all, shared.imageLogits, Activation.NONE);
    }

    private @Nullable PackedProduct queries(
        @Nullable PackedLinear linear, NativeMatrix normed, NativeMatrix projected) {
      Span all = new Span(0, normed.columns());
      Span own = new Span(0, projected.columns());
      return product(linear, normed, all, projected, own, Activation.NONE);
    }

    private @Nullable PackedProduct[] halves(
        List<Optional<PackedLinear>> linears, NativeMatrix x, Halves halves, NativeMatrix[] y) {
      @Nullable PackedProduct[] products = new @Nullable PackedProduct[Halves.COUNT];
      for (int h = 0; h < products.length; h++) {
        products[h] =
            product(
                linears.get(h).orElse(null),
                x,
                halves.rows(h),
                y[h],
                Halves.columns(y[h].columns(), h, member, team.members()),
                Activation.NONE);
      }
      return products;
    }

    /** Into the own columns of y. */
    private @Nullable PackedProduct product(
        @Nullable PackedLinear linear,
        NativeMatrix x,
        Span of,
        NativeMatrix y,
        Activation activation) {
      Span own = Span.of(Panels.of(y.columns()), member, team.members());
      return product(linear, x, of, y, own, activation);
    }

    /** Of some columns of x into some of y. */
    private @Nullable PackedProduct product(
        @Nullable PackedLinear linear,
        NativeMatrix x,
        Span of,
        NativeMatrix y,
        Span to,
        Activation activation) {
      if (linear == null) {
        return null;
      }
      return linear.product(
          dnn,
          x.rows(first, rows, of.from(), of.to()),
          y.rows(first, rows, to.from(), to.to()),
          activation);
    }
  }
}
