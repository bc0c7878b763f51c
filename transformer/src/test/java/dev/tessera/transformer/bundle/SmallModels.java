package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.evaluation.feature.Palette;
import dev.tessera.transformer.evaluation.feature.PictureDescriptor;
import dev.tessera.transformer.evaluation.feature.StyleDescriptor;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.naming.CaptionForm;
import dev.tessera.transformer.ranker.RankerConfig;
import dev.tessera.transformer.ranker.TwoTowers;
import dev.tessera.vqvae.model.Vqvae;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.quantiser.FiniteScalar;
import dev.tessera.vqvae.quantiser.GumbelSoftmax;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;

/** Models of a few kilobytes, whose weights are a formula: they stay the same for ever. */
final class SmallModels {
  static final FiniteScalar FSQ = new FiniteScalar(List.of(4, 2));
  static final RankerConfig RANKER = new RankerConfig(8, 12, 262, 4, 4, 8, 1, 2, 6);
  static final CaptionForm FORM =
      new CaptionForm(List.of(List.of("ghost", "heart", "\uD83D\uDC7B"), List.of("grün", "red")));
  static final GumbelSoftmax GUMBEL =
      new GumbelSoftmax(8, 3, 1.1, 0.0625, 6.6, 0, 0, GumbelSoftmax.Logits.FREE);

  /** One grey pixel. */
  static final byte[] PNG =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAA"
                  + "ggCBd81ytgAAAABJRU5ErkJggg==");

  private SmallModels() {}

  /** Stage 1 alone. */
  static Bundle stage1(Quantiser quantiser) {
    VqvaeConfig vqvae = vqvae(quantiser);
    return new Bundle(vqvae, weights(vqvae), Optional.empty(), provenance(), new byte[0]);
  }

  /** Both stages, with a preview. */
  static Bundle complete(Quantiser quantiser) {
    VqvaeConfig vqvae = vqvae(quantiser);
    return new Bundle(vqvae, weights(vqvae), Optional.of(stage2()), provenance(), PNG.clone());
  }

  /** Both stages with a ranker. */
  static Bundle ranked() {
    return complete(FSQ).withRanker(new Bundle.TrainedRanker(RANKER, weights(RANKER)), 700);
  }

  /** Both stages, a ranker and naming. */
  static Bundle named() {
    return ranked().withNaming(Optional.of(new Bundle.TrainedNaming(FORM, naming())));
  }

  static TensorMap naming() {
    TensorMap weights = new TensorMap();
    for (int place = 0; place < FORM.places().size(); place++) {
      // The place of most parts says what is shown, the other one how.
      int numbers = place == 0 ? PictureDescriptor.SIZE : Palette.SIZE + StyleDescriptor.SIZE;
      int width = place == 0 ? 256 : 64;
      int parts = FORM.places().get(place).size();
      String name = "place" + place;
      weights.put(name + "/mean", tensor(place, numbers));
      weights.put(name + "/factor", tensor(place + 1, numbers));
      weights.put(name + "/hidden/weight", tensor(place + 2, numbers, width));
      weights.put(name + "/hidden/bias", tensor(place + 3, width));
      weights.put(name + "/out/weight", tensor(place + 4, width, parts));
      weights.put(name + "/out/bias", tensor(place + 5, parts));
    }
    return weights;
  }

  private static Tensor tensor(int seed, long... shape) {
    float[] data = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) Math.sin(seed + 0.7 * i);
    }
    return new Tensor(shape, data);
  }

  /** Pictures of 8×12 pixels, 2×3 tokens, 8 codes. */
  static VqvaeConfig vqvae(Quantiser quantiser) {
    PictureConfig picture = new PictureConfig(8, 12, 0x102030, PictureConfig.Fit.PAD);
    return new VqvaeConfig(picture, 4, 5, 4, 1, quantiser);
  }

  static Bundle.Stage2 stage2() {
    TransformerConfig config = transformer(tokenizer().vocabularySize(), FSQ.codebookSize(), 2, 3);
    return new Bundle.Stage2(config, tokenizer(), weights(config));
  }

  static TransformerConfig transformer(int text, int codes, int gridHeight, int gridWidth) {
    List<MaskPattern> masks = List.of(MaskPattern.CAUSAL, MaskPattern.LOCAL);
    return new TransformerConfig(text, 4, codes, gridHeight, gridWidth, 8, 2, 2, masks);
  }

  static Bpe tokenizer() {
    return Bpe.train(List.of("red heart", "red ghost", "green heart"), 262);
  }

  static Provenance provenance() {
    byte[] digest = Sha256.of("the data".getBytes(UTF_8));
    return new Provenance(
        "emoji:noto",
        digest,
        1200,
        1100,
        -42,
        5000,
        9000,
        0,
        "0.1.0",
        Map.of("nd4j", "1.0.0-M2.1", "java", "17", "protobuf", "4.36.2", "tribuo", "4.3.2"),
        "Noto Emoji, Apache License 2.0 – © Google");
  }

  static TensorMap weights(VqvaeConfig config) {
    return weights(graph -> new Vqvae(config, graph, 1).training());
  }

  static TensorMap weights(TransformerConfig config) {
    return weights(graph -> Gpt.build(config, graph, 1));
  }

  static TensorMap weights(RankerConfig config) {
    return weights(graph -> new TwoTowers(config, graph, 1).declare());
  }

  private static TensorMap weights(Consumer<ModelGraph> model) {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    model.accept(new ModelGraph(store, DataType.FLOAT));
    TensorMap weights = new TensorMap();
    for (Map.Entry<String, Tensor> drawn : store.toTensors().asMap().entrySet()) {
      float[] values = new float[drawn.getValue().data().length];
      int salt = 31 * weights.names().size();
      for (int i = 0; i < values.length; i++) {
        values[i] = ((salt + i) % 97 - 48) / 64f;
      }
      weights.put(drawn.getKey(), new Tensor(drawn.getValue().shape(), values));
    }
    return weights;
  }

  /** The same tensors without one of them. */
  static TensorMap without(TensorMap tensors, String name) {
    TensorMap rest = new TensorMap();
    tensors
        .asMap()
        .forEach(
            (key, tensor) -> {
              if (!key.equals(name)) {
                rest.put(key, tensor);
              }
            });
    return rest;
  }

  /** The same tensors and one more, at the end. */
  static TensorMap with(TensorMap tensors, String name, Tensor tensor) {
    TensorMap all = without(tensors, name);
    all.put(name, tensor);
    return all;
  }
}
