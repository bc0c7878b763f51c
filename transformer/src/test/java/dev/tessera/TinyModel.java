package dev.tessera;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.TransformerConfig.Variant;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.bundle.Provenance;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/** An untrained model that is small enough for tests: 16×16 pictures of 4×4 tokens. */
public final class TinyModel {
  private TinyModel() {}

  /** A whole model whose provenance claims captions for some of its pictures. */
  public static Bundle bundle(long captioned) {
    return bundle(captioned, 1);
  }

  /** The same with weights so large that what is asked for changes what comes out. */
  public static Bundle decided(long captioned) {
    return bundle(captioned, 15);
  }

  /** The same as {@link #decided}, with infilling. */
  public static Bundle infilling(long captioned) {
    return bundle(captioned, 15, true);
  }

  /** The same with a ranker. */
  public static Bundle ranked(Bundle bundle) {
    int vocabulary = bundle.stage2().orElseThrow().tokenizer().vocabularySize();
    RankerConfig config = new RankerConfig(16, 16, vocabulary, 8, 4, 8, 1, 2, 8);
    ParameterStore store = new ParameterStore(3, DataType.FLOAT);
    new TwoTowers(config, new ModelGraph(store, DataType.FLOAT), 1).declare();
    return bundle.withRanker(new Bundle.TrainedRanker(config, store.toTensors()), 1);
  }

  /**
   * The same with naming that holds a sun for twenty times as likely as a ghost, in any picture.
   */
  public static Bundle named(Bundle bundle) {
    CaptionForm form = new CaptionForm(List.of(List.of("ghost", "sun"), List.of("noto style")));
    TensorMap weights = new TensorMap();
    for (int place = 0; place < 2; place++) {
      // The place of most parts says what is shown, the other one how.
      int numbers = place == 0 ? PictureDescriptor.SIZE : Palette.SIZE + StyleDescriptor.SIZE;
      int width = place == 0 ? 256 : 64;
      int parts = form.places().get(place).size();
      String name = "place" + place;
      weights.put(name + "/mean", zeros(numbers));
      weights.put(name + "/factor", zeros(numbers));
      weights.put(name + "/hidden/weight", zeros(numbers, width));
      weights.put(name + "/hidden/bias", zeros(width));
      weights.put(name + "/out/weight", zeros(width, parts));
      weights.put(name + "/out/bias", zeros(parts));
    }
    weights.get("place0/out/bias").data()[1] = (float) Math.log(20);
    return bundle.withNaming(Optional.of(new Bundle.TrainedNaming(form, weights)));
  }

  private static Tensor zeros(long... shape) {
    return new Tensor(
        shape, new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))]);
  }

  private static Bundle bundle(long captioned, float scale) {
    return bundle(captioned, scale, false);
  }

  private static Bundle bundle(long captioned, float scale, boolean infilling) {
    VqvaeConfig vqvae =
        new VqvaeConfig(PictureConfig.square(16), 4, 8, 8, 1, new FiniteScalar(List.of(4, 3, 3)));
    Bpe tokenizer = Bpe.train(List.of("ghost, noto style", "sun, noto style"), 280);
    TransformerConfig transformer =
        TransformerConfig.causal(tokenizer.vocabularySize(), 8, 36, 4, 4, 16, 2, 2)
            .with(new Variant(PositionEncoding.ABSOLUTE, false, false, infilling, 1));
    return new Bundle(
        vqvae,
        vqvaeWeights(vqvae),
        Optional.of(new Bundle.Stage2(transformer, tokenizer, gptWeights(transformer, scale))),
        new Provenance(
            "test",
            new byte[32],
            Math.max(2, captioned),
            captioned,
            1,
            0,
            0,
            0,
            "test",
            Map.of(),
            "none"),
        new byte[0]);
  }

  private static TensorMap vqvaeWeights(VqvaeConfig config) {
    ParameterStore store = new ParameterStore(1, DataType.FLOAT);
    new Vqvae(config, new ModelGraph(store, DataType.FLOAT), 1).training();
    return store.toTensors();
  }

  /** All of them larger, but for neighbours, which would drown what a prompt says. */
  private static TensorMap gptWeights(TransformerConfig config, float scale) {
    ParameterStore store = new ParameterStore(2, DataType.FLOAT);
    Gpt.build(config, new ModelGraph(store, DataType.FLOAT), 1);
    TensorMap scaled = new TensorMap();
    store
        .toTensors()
        .asMap()
        .forEach(
            (name, tensor) ->
                scaled.put(name, scaled(tensor, name.equals("neighbour_embedding") ? 1 : scale)));
    return scaled;
  }

  private static Tensor scaled(Tensor tensor, float scale) {
    float[] data = tensor.data().clone();
    for (int i = 0; i < data.length; i++) {
      data[i] *= scale;
    }
    return new Tensor(tensor.shape(), data);
  }
}
