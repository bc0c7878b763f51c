package dev.tessera.transformer.bundle;

import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.DataType;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.naming.CaptionForm;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.transformer.ranker.RankerConfig;
import dev.tessera.transformer.ranker.TwoTowers;
import dev.tessera.vqvae.model.Vqvae;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A trained model with all that belongs to it; see the package for its file.
 *
 * @param vqvae the configuration of stage 1
 * @param vqvaeWeights of encoder, decoder and quantiser, by the names that the graph of {@link
 *     Vqvae} declares; not copied
 * @param stage2 absent where only stage 1 was trained
 * @param ranker absent where none was trained
 * @param naming absent where none was trained
 * @param provenance where the model comes from
 * @param preview samples as a PNG file of at most {@value #MAXIMUM_PREVIEW_BYTES} bytes, never
 *     decoded here; empty for none; not copied
 */
public record Bundle(
    VqvaeConfig vqvae,
    TensorMap vqvaeWeights,
    Optional<Stage2> stage2,
    Optional<TrainedRanker> ranker,
    Optional<TrainedNaming> naming,
    Provenance provenance,
    byte[] preview) {
  /** The version that is written, and the only one that is read. */
  public static final int FORMAT_VERSION = 1;

  public static final int MAXIMUM_PREVIEW_BYTES = 8 << 20;

  private static final String RANKER = "ranker";

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  /**
   * What stage 2 adds.
   *
   * @param config of the GPT
   * @param tokenizer of its captions
   * @param weights of the GPT, by the names that the graph of {@link Gpt} declares; not copied
   */
  public record Stage2(TransformerConfig config, Bpe tokenizer, TensorMap weights) {
    public Stage2 {
      requireEqual("tokenizer", "ids", tokenizer.vocabularySize(), config.textVocabulary());
    }

    /**
     * The weights as parameters of a graph. Builds the graph once, so the first call in a process
     * waits for ND4J to start.
     *
     * @throws IllegalArgumentException unless the weights are exactly the tensors that the graph
     *     declares, in name and shape
     */
    public ParameterStore parameters() {
      return DeclaredWeights.parameters(
          "transformer", weights, graph -> Gpt.build(config, graph, 1));
    }

    /**
     * What is otherwise in a model of another shape.
     *
     * @return for each number "NAME is OTHER, not OWN"; empty if the weights would fit
     */
    public List<String> differences(TransformerConfig other) {
      return TransformerProtos.differences(other, config);
    }
  }

  /**
   * What a ranker adds.
   *
   * @param config of both towers
   * @param weights by the names that the graph of {@link TwoTowers} declares; not copied
   */
  public record TrainedRanker(RankerConfig config, TensorMap weights) {
    /**
     * The weights as parameters of a graph, like {@link Stage2#parameters}.
     *
     * @throws IllegalArgumentException unless the weights are exactly the tensors that the graph
     *     declares, in name and shape
     */
    public ParameterStore parameters() {
      return DeclaredWeights.parameters(
          "ranker", weights, graph -> new TwoTowers(config, graph, 1).declare());
    }
  }

  /**
   * What naming the parts of captions adds.
   *
   * @param form of the captions
   * @param weights of a {@link Namer}; not copied
   */
  public record TrainedNaming(CaptionForm form, TensorMap weights) {
    /**
     * A namer with the weights.
     *
     * @throws IllegalArgumentException unless they are exactly the tensors that the form needs, in
     *     name and shape
     */
    public Namer namer() {
      return new Namer(form, weights);
    }
  }

  /** A model without a ranker and without naming. */
  public Bundle(
      VqvaeConfig vqvae,
      TensorMap vqvaeWeights,
      Optional<Stage2> stage2,
      Provenance provenance,
      byte[] preview) {
    this(vqvae, vqvaeWeights, stage2, Optional.empty(), Optional.empty(), provenance, preview);
  }

  /** Refuses parts that were not made for each other. */
  public Bundle {
    if (stage2.isPresent()) {
      TransformerConfig config = stage2.get().config();
      requireEqual("codebook", "codes", vqvae.quantiser().codebookSize(), config.imageVocabulary());
      requireEqual("grid", "rows", vqvae.gridHeight(), config.gridHeight());
      requireEqual("grid", "columns", vqvae.gridColumns(), config.gridWidth());
    }
    ranker.ifPresent(trained -> requireFitting(trained.config(), vqvae, stage2));
    if (naming.isPresent() && stage2.isEmpty()) {
      throw new IllegalArgumentException(
          "there is naming of captions, but no stage 2 that could write any");
    }
    requirePng(preview);
  }

  private static void requireFitting(
      RankerConfig ranker, VqvaeConfig vqvae, Optional<Stage2> stage2) {
    int vocabulary =
        stage2
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is a ranker, but no stage 2 whose tokenizer it could use"))
            .tokenizer()
            .vocabularySize();
    requireEqual(
        "model", "rows of pixels", vqvae.picture().height(), ranker.pictureHeight(), RANKER);
    requireEqual(
        "model", "columns of pixels", vqvae.picture().width(), ranker.pictureWidth(), RANKER);
    requireEqual("tokenizer", "ids", vocabulary, ranker.textVocabulary(), RANKER);
  }

  private static void requireEqual(String part, String unit, int found, int expected) {
    requireEqual(part, unit, found, expected, "transformer");
  }

  private static void requireEqual(
      String part, String unit, int found, int expected, String reader) {
    if (found != expected) {
      throw new IllegalArgumentException(
          String.format(
              "the %s has %d %s, but the %s was made for %d", part, found, unit, reader, expected));
    }
  }

  private static void requirePng(byte[] preview) {
    if (preview.length > MAXIMUM_PREVIEW_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "the preview has %d bytes, but may have %d", preview.length, MAXIMUM_PREVIEW_BYTES));
    }
    int begin = Math.min(preview.length, PNG_SIGNATURE.length);
    if (preview.length > 0 && !Arrays.equals(PNG_SIGNATURE, Arrays.copyOf(preview, begin))) {
      throw new IllegalArgumentException("the preview does not begin as a PNG file does");
    }
  }

  /** The same model with a ranker, in place of the one that it may have. */
  public Bundle withRanker(TrainedRanker other, long steps) {
    return new Bundle(
        vqvae,
        vqvaeWeights,
        stage2,
        Optional.of(other),
        naming,
        provenance.withRankerSteps(steps),
        preview);
  }

  /**
   * The same model with naming, in place of what it may have.
   *
   * @param other nothing for a model without any
   */
  public Bundle withNaming(Optional<TrainedNaming> other) {
    return new Bundle(vqvae, vqvaeWeights, stage2, ranker, other, provenance, preview);
  }

  /**
   * The same model in fewer bytes: the weights of the products of stage 2, of the ranker and of
   * naming and the table of the tokens of stage 2 are rounded, in stage 2 as a decoder rounds them
   * that multiplies such numbers, so that with such weights ({@link
   * dev.tessera.transformer.decode.WeightFormat#BF16}) it draws the same tokens. Stage 1 stays as
   * it is: pictures have the tokens that they had.
   *
   * @param type of the rounded weights, F16 or BF16
   * @throws IllegalArgumentException if a number is too large for the type
   */
  public Bundle compact(DataType type) {
    return new Bundle(
        vqvae,
        vqvaeWeights,
        stage2.map(
            it -> new Stage2(it.config(), it.tokenizer(), CompactWeights.of(it.weights(), type))),
        ranker.map(it -> new TrainedRanker(it.config(), CompactWeights.of(it.weights(), type))),
        naming.map(it -> new TrainedNaming(it.form(), CompactWeights.of(it.weights(), type))),
        provenance,
        preview);
  }

  /**
   * The weights of stage 1 as parameters, for {@link dev.tessera.vqvae.model.PictureCodec}. Builds
   * the graph once, so the first call in a process waits for ND4J to start.
   *
   * @throws IllegalArgumentException unless the weights are exactly the tensors that the graph
   *     declares, in name and shape
   */
  public ParameterStore vqvaeParameters() {
    return DeclaredWeights.parameters(
        "vqvae", vqvaeWeights, graph -> new Vqvae(vqvae, graph, 1).training());
  }

  /**
   * Writes the bundle; the file appears whole or not at all, and replaces one that is there. Equal
   * bundles are equal bytes.
   *
   * @param file in a folder that exists
   * @throws IllegalArgumentException if the weights are not those that the graphs of the
   *     configurations declare, or if a part is larger than a bundle can hold
   */
  public void write(Path file) throws IOException {
    BundleWriter.write(this, file);
  }

  /**
   * What a bundle says about itself, without its tensors: the ZIP structure and the manifest's
   * format version are checked, digests and configurations are not.
   *
   * @throws IOException if the file cannot be read, is no bundle, or has another format version
   */
  public static Manifest readManifest(Path file) throws IOException {
    return BundleReader.readManifest(file);
  }

  /**
   * Reads a bundle whose contents all agree with its manifest. Starts no ND4J: that the tensors are
   * those of the models' graphs was checked when they were written, and is checked again by {@link
   * #vqvaeParameters}, {@link Stage2#parameters} and {@link TrainedRanker#parameters}.
   *
   * @throws IOException if the file cannot be read, is no bundle, is damaged, of a newer format, or
   *     its parts do not fit; the message says which, with what was found and expected
   */
  public static Bundle read(Path file) throws IOException {
    return BundleReader.read(file);
  }
}
