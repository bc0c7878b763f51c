package dev.tessera.transformer.decode;

import dev.tessera.engine.onednn.Call;
import dev.tessera.engine.onednn.NativeMatrix;
import dev.tessera.engine.onednn.NativeThreads;
import dev.tessera.engine.onednn.OneDnn;
import dev.tessera.engine.onednn.PackedLinear;
import dev.tessera.engine.onednn.PackedLinear.Activation;
import dev.tessera.engine.onednn.RoundedMatrix;
import dev.tessera.engine.onednn.Tensor;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.decode.PackedWeights.PackedBlock;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/** By oneDNN, tile by tile, on weights that were packed once. */
final class PackedProducts implements Products {
  private final OneDnn dnn = new OneDnn();
  private final PackedWeights weights;
  private final Shared shared;
  private final int width;
  private final Panels heads;
  private final int firstHeads;
  private final int endHeads;
  private final int member;
  private final int members;
  private final RoundedMatrix input;
  private final NativeMatrix projected;
  private final NativeMatrix textLogits;
  private final NativeMatrix imageLogits;
  private final Panels textPanels;
  private final Panels imagePanels;
  private final List<Tile> tiles = new ArrayList<>();
  private int threadsBefore;

  /** Rows that members give each other. */
  static final class Shared {
    private final RoundedMatrix attended;
    private final NativeMatrix hidden;
    private final NativeMatrix result;

    Shared(OneDnn dnn, TransformerConfig config, int rows) {
      attended = new RoundedMatrix(dnn, rows, config.width());
      hidden = new NativeMatrix(dnn, DataType.BFLOAT16, rows, 4 * config.width());
      result = new NativeMatrix(dnn, DataType.FLOAT, rows, config.width());
    }
  }

  PackedProducts(
      TransformerConfig config,
      PackedWeights weights,
      Shared shared,
      int rows,
      int member,
      int members) {
    this.weights = weights;
    this.shared = shared;
    this.member = member;
    this.members = members;
    width = config.width();
    heads = Panels.ofHeads(config.heads(), config.headWidth());
    firstHeads = heads.first(member, members);
    endHeads = heads.first(member + 1, members);
    textPanels = Panels.of(config.textVocabulary());
    imagePanels = Panels.of(config.imageVocabulary());
    input = new RoundedMatrix(dnn, rows, width);
    int channels = heads.start(endHeads) - heads.start(firstHeads);
    projected = new NativeMatrix(dnn, DataType.FLOAT, rows, Math.max(1, 3 * channels));
    textLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.textVocabulary());
    imageLogits = new NativeMatrix(dnn, DataType.FLOAT, rows, config.imageVocabulary());
  }

  @Override
  public void begin() {
    threadsBefore = NativeThreads.limitToOne();
  }

  @Override
  public void end() {
    NativeThreads.restore(threadsBefore);
  }

  @Override
  public void give(int row, float[] values) {
    input.put(row, 0, values, 0, width);
  }

  @Override
  public void project(int layer, int rows) {
    for (int tile = 0; tile < NativeMatrix.tiles(rows); tile++) {
      tile(tile).input.run();
    }
    run(rows, tile -> tile.layers[layer].qkv);
  }

  @Override
  public void readProjected(int row, float[] target) {
    for (int panel = firstHeads; panel < endHeads; panel++) {
      int from = heads.start(panel);
      int count = heads.start(panel + 1) - from;
      int column = 3 * (from - heads.start(firstHeads));
      for (int part = 0; part < 3; part++) {
        projected.get(row, column + part * count, target, part * width + from, count);
      }
    }
  }

  @Override
  public void giveAttended(int row, float[] values) {
    int from = heads.start(firstHeads);
    shared.attended.put(row, from, values, from, heads.start(endHeads) - from);
  }

  @Override
  public void attended(int rows) {
    run(rows, tile -> tile.attended);
  }

  @Override
  public void out(int layer, int rows) {
    run(rows, tile -> tile.layers[layer].out);
  }

  @Override
  public void up(int layer, int rows) {
    for (int tile = 0; tile < NativeMatrix.tiles(rows); tile++) {
      tile(tile).input.run();
    }
    run(rows, tile -> tile.layers[layer].up);
  }

  @Override
  public void down(int layer, int rows) {
    run(rows, tile -> tile.layers[layer].down);
  }

  @Override
  public void readResult(int row, float[] target) {
    shared.result.get(row, 0, target, 0, width);
  }

  @Override
  public void logits(Range range, int rows, float[][] target) {
    for (int tile = 0; tile < NativeMatrix.tiles(rows); tile++) {
      tile(tile).input.run();
    }
    boolean text = range == Range.TEXT;
    run(rows, tile -> text ? tile.textHead : tile.imageHead);
    Panels panels = text ? textPanels : imagePanels;
    NativeMatrix found = text ? textLogits : imageLogits;
    int from = panels.firstColumn(member, members);
    int count = panels.firstColumn(member + 1, members) - from;
    for (int row = 0; row < rows; row++) {
      found.get(row, from, target[row], from, count);
    }
  }

  @FunctionalInterface
  private interface Chosen {
    Call[] of(Tile tile);
  }

  /** Panel by panel, so that a panel's weights are near when the next tile needs them. */
  private void run(int rows, Chosen calls) {
    int count = NativeMatrix.tiles(rows);
    int panels = calls.of(tile(0)).length;
    for (int panel = 0; panel < panels; panel++) {
      for (int tile = 0; tile < count; tile++) {
        calls.of(tile(tile))[panel].run();
      }
    }
  }

  private Tile tile(int index) {
    while (tiles.size() <= index) {
      tiles.add(new Tile(tiles.size()));
    }
    return tiles.get(index);
  }

  private record LayerCalls(Call[] qkv, Call[] out, Call[] up, Call[] down) {}

  /** The calls for one tile. */
  private final class Tile {
    private final int index;
    private final Call input;
    private final Call[] attended;
    private final LayerCalls[] layers;
    private final Call[] textHead;
    private final Call[] imageHead;

    Tile(int index) {
      this.index = index;
      input = PackedProducts.this.input.rounding(dnn, index, 0, width);
      int from = heads.start(firstHeads);
      int to = heads.start(endHeads);
      attended =
          from == to ? new Call[0] : new Call[] {shared.attended.rounding(dnn, index, from, to)};
      layers = weights.blocks().stream().map(this::calls).toArray(LayerCalls[]::new);
      textHead = logits(weights.textHead(), textPanels, textLogits);
      imageHead = logits(weights.imageHead(), imagePanels, imageLogits);
    }

    private LayerCalls calls(PackedBlock block) {
      Call[] qkv = new Call[endHeads - firstHeads];
      int start = heads.start(firstHeads);
      for (int i = 0; i < qkv.length; i++) {
        int from = 3 * (heads.start(firstHeads + i) - start);
        int to = 3 * (heads.start(firstHeads + i + 1) - start);
        qkv[i] =
            block.qkv()[firstHeads + i].call(
                dnn,
                PackedProducts.this.input.tile(index),
                projected.tile(index, from, to),
                Activation.NONE);
      }
      Panels narrow = Panels.of(width);
      return new LayerCalls(
          qkv,
          calls(block.out(), narrow, shared.attended.tile(index), shared.result, Activation.NONE),
          calls(
              block.up(),
              Panels.of(4 * width),
              PackedProducts.this.input.tile(index),
              shared.hidden,
              Activation.GELU),
          calls(block.down(), narrow, shared.hidden.tile(index), shared.result, Activation.NONE));
    }

    private Call[] logits(PackedLinear[] head, Panels panels, NativeMatrix y) {
      return calls(head, panels, PackedProducts.this.input.tile(index), y, Activation.NONE);
    }

    private Call[] calls(
        PackedLinear[] linear, Panels panels, Tensor x, NativeMatrix y, Activation activation) {
      int first = panels.first(member, members);
      Call[] calls = new Call[panels.first(member + 1, members) - first];
      for (int i = 0; i < calls.length; i++) {
        int panel = first + i;
        calls[i] =
            linear[panel].call(
                dnn, x, y.tile(index, panels.start(panel), panels.start(panel + 1)), activation);
      }
      return calls;
    }
  }
}
