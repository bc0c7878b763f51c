package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tessera.engine.onednn.Bfloat16;
import dev.tessera.engine.store.DataType;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.naming.CaptionForm;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.transformer.ranker.RankerConfig;
import dev.tessera.vqvae.picture.Rgb;
import dev.tessera.vqvae.quantiser.Quantiser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BundleTest {
  @TempDir Path folder;

  static Stream<Quantiser> quantisers() {
    return Stream.of(SmallModels.FSQ, SmallModels.GUMBEL);
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void wholeModelIsReadBack(Quantiser quantiser) throws IOException {
    Bundle written = SmallModels.complete(quantiser);
    Path file = folder.resolve("model.tessera");
    written.write(file);
    assertSame(Bundle.read(file), written);
  }

  @ParameterizedTest
  @MethodSource("quantisers")
  void modelWithoutStage2IsReadBack(Quantiser quantiser) throws IOException {
    Bundle written = SmallModels.stage1(quantiser);
    Path file = folder.resolve("model.tessera");
    written.write(file);
    assertSame(Bundle.read(file), written);
    assertThat(names(file)).containsExactly("manifest.pb", "vqvae.safetensors");
  }

  @Test
  void modelWithARankerIsReadBack() throws IOException {
    Bundle written = SmallModels.ranked();
    Path file = folder.resolve("model.tessera");
    written.write(file);
    Bundle read = Bundle.read(file);
    assertSame(read, written);
    assertThat(read.provenance().rankerSteps()).isEqualTo(700);
    assertThat(names(file)).contains("ranker.safetensors");
    Bundle.TrainedRanker ranker = read.ranker().orElseThrow();
    assertThat(ranker.parameters().names()).isEqualTo(ranker.weights().names());
  }

  @Test
  void modelWithNamingIsReadBack() throws IOException {
    Bundle written = SmallModels.named();
    Path file = folder.resolve("model.tessera");
    written.write(file);
    Bundle.TrainedNaming read = Bundle.read(file).naming().orElseThrow();
    assertThat(read.form()).isEqualTo(SmallModels.FORM);
    assertSame(read.weights(), SmallModels.naming());
    assertThat(names(file)).contains("naming.pb", "naming.safetensors");
    Rgb picture = Rgb.solid(8, 12, 0x336699);
    assertThat(read.namer().logProbabilities(picture))
        .isDeepEqualTo(new Namer(SmallModels.FORM, SmallModels.naming()).logProbabilities(picture));
  }

  @Test
  void namingOfOtherCaptionsIsRefused() {
    Bundle good = SmallModels.ranked();
    CaptionForm other = new CaptionForm(List.of(List.of("ghost"), List.of("red")));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                good.withNaming(Optional.of(new Bundle.TrainedNaming(other, SmallModels.naming())))
                    .write(folder.resolve("model.tessera")))
        .withMessageContaining("place0/out/weight");
    CaptionForm shorter = new CaptionForm(List.of(SmallModels.FORM.places().get(0)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bundle.TrainedNaming(shorter, SmallModels.naming()).namer())
        .withMessage("naming has 12 tensors, but its captions need 6");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SmallModels.stage1(SmallModels.FSQ)
                    .withNaming(Optional.of(new Bundle.TrainedNaming(other, new TensorMap()))))
        .withMessage("there is naming of captions, but no stage 2 that could write any");
  }

  @Test
  void aCompactModelHoldsRoundedProductsAndTokensAndAllElseAsItWas() throws IOException {
    Bundle whole = SmallModels.named();
    Path file = folder.resolve("compact.tessera");
    whole.compact(DataType.BF16).write(file);
    Bundle read = Bundle.read(file);

    assertRounded(read.vqvaeWeights(), whole.vqvaeWeights(), name -> false);
    assertRounded(
        read.stage2().orElseThrow().weights(),
        whole.stage2().orElseThrow().weights(),
        name ->
            name.matches(
                "token_embedding|head/weight|block\\d/(attention/(qkv|out)|mlp/(up|down))/weight"));
    assertRounded(
        read.ranker().orElseThrow().weights(),
        whole.ranker().orElseThrow().weights(),
        name -> name.endsWith("/weight"));
    assertRounded(
        read.naming().orElseThrow().weights(),
        whole.naming().orElseThrow().weights(),
        name -> name.endsWith("/weight"));
    assertThat(read.provenance()).isEqualTo(whole.provenance());
    assertThat(read.preview()).isEqualTo(whole.preview());
  }

  private static void assertRounded(TensorMap found, TensorMap whole, Predicate<String> rounded) {
    assertThat(found.names()).containsExactlyElementsOf(whole.names());
    for (String name : whole.names()) {
      float[] expected = whole.get(name).data().clone();
      assertThat(found.type(name))
          .as(name)
          .isEqualTo(rounded.test(name) ? DataType.BF16 : DataType.F32);
      for (int i = 0; rounded.test(name) && i < expected.length; i++) {
        expected[i] = Bfloat16.floatOf(Bfloat16.round(expected[i]));
      }
      assertThat(found.get(name)).as(name).isEqualTo(new Tensor(whole.get(name).shape(), expected));
    }
  }

  @Test
  void aCompactModelIsSmallerByTwoBytesForEachRoundedNumber() throws IOException {
    Bundle whole = SmallModels.complete(SmallModels.FSQ);
    Path file = folder.resolve("compact.tessera");
    whole.compact(DataType.F16).write(file);
    Manifest.Entry entry =
        Bundle.readManifest(file).getEntriesList().stream()
            .filter(it -> it.getName().equals("transformer.safetensors"))
            .findFirst()
            .orElseThrow();
    long bytes = 0;
    for (Manifest.TensorShape tensor : entry.getTensorsList()) {
      long count = tensor.getSizesList().stream().reduce(1L, (a, b) -> a * b);
      bytes += count * (tensor.getType() == Manifest.TensorType.F16 ? 2 : 4);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ByteBuffer content = ByteBuffer.wrap(bytes(zip, "transformer.safetensors"));
      long header = content.order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertThat(entry.getBytes()).isEqualTo(8 + header + bytes);
    }
  }

  @Test
  void aCompactModelThatIsReadIsWrittenAsItWas() throws IOException {
    Path file = folder.resolve("compact.tessera");
    SmallModels.ranked().compact(DataType.BF16).write(file);
    Path copy = folder.resolve("copy.tessera");
    Bundle.read(file).write(copy);
    assertThat(copy).hasSameBinaryContentAs(file);
    Bundle.read(file).compact(DataType.BF16).write(copy);
    assertThat(copy).hasSameBinaryContentAs(file);
  }

  @Test
  void whatIsTooLargeForTheTypeIsNotCompacted() {
    Bundle good = SmallModels.complete(SmallModels.FSQ);
    TensorMap weights = good.stage2().orElseThrow().weights();
    Tensor head = weights.get("head/weight");
    float[] values = head.data().clone();
    values[7] = 70_000;
    Tensor large = new Tensor(head.shape(), values);
    Bundle bundle = withStage2(good, SmallModels.with(weights, "head/weight", large));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> bundle.compact(DataType.F16))
        .withMessage("tensor \"head/weight\" holds 70000.0, which is too large for F16");
    assertThat(bundle.compact(DataType.BF16).stage2()).isPresent();
  }

  @Test
  void rankersOfAnotherModelAreRefused() {
    Bundle good = SmallModels.complete(SmallModels.FSQ);
    assertNoRanker(
        good,
        new RankerConfig(12, 12, 262, 4, 4, 8, 1, 2, 6),
        "the model has 8 rows of pixels, but the ranker was made for 12");
    assertNoRanker(
        good,
        new RankerConfig(8, 12, 263, 4, 4, 8, 1, 2, 6),
        "the tokenizer has 262 ids, but the ranker was made for 263");
    assertNoRanker(
        SmallModels.stage1(SmallModels.FSQ),
        SmallModels.RANKER,
        "there is a ranker, but no stage 2 whose tokenizer it could use");
    TensorMap weights = SmallModels.weights(SmallModels.RANKER);
    assertNotWritten(
        good.withRanker(
            new Bundle.TrainedRanker(SmallModels.RANKER, SmallModels.without(weights, "log_scale")),
            1),
        "ranker weights: tensor \"log_scale\" is absent; %d others are there"
            .formatted(weights.names().size() - 1));
  }

  private static void assertNoRanker(Bundle bundle, RankerConfig config, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bundle.withRanker(new Bundle.TrainedRanker(config, new TensorMap()), 1))
        .withMessage(message);
  }

  @Test
  void goldenFileIsReadAndStillWritten() throws Exception {
    Path golden = Path.of(BundleTest.class.getResource("bundle-v1.tessera").toURI());
    Bundle read = Bundle.read(golden);

    assertSame(read, SmallModels.complete(SmallModels.GUMBEL));
    assertThat(read.vqvaeParameters().names()).isEqualTo(read.vqvaeWeights().names());
    Bundle.Stage2 stage2 = read.stage2().orElseThrow();
    assertThat(stage2.parameters().names()).isEqualTo(stage2.weights().names());
    Path copy = folder.resolve("copy.tessera");
    read.write(copy);
    assertThat(copy).hasSameBinaryContentAs(golden);
  }

  @Test
  void equalModelsAreEqualBytesInEveryTimeZone() throws IOException {
    TimeZone before = TimeZone.getDefault();
    List<byte[]> files = new ArrayList<>();
    try {
      for (String zone : List.of("UTC", "America/New_York", "Asia/Tokyo")) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        Path file = folder.resolve("model.tessera");
        SmallModels.complete(SmallModels.FSQ).write(file);
        files.add(Files.readAllBytes(file));
      }
    } finally {
      TimeZone.setDefault(before);
    }
    assertThat(files.get(1)).isEqualTo(files.get(0));
    assertThat(files.get(2)).isEqualTo(files.get(0));
  }

  @Test
  void anyArchiverReadsIt() throws IOException {
    Path file = folder.resolve("model.tessera");
    Bundle bundle = SmallModels.complete(SmallModels.FSQ);
    bundle.write(file);
    assertThat(names(file))
        .containsExactly(
            "manifest.pb",
            "tokenizer.pb",
            "vqvae.safetensors",
            "transformer.safetensors",
            "preview.png");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream()).allMatch(entry -> entry.getMethod() == ZipEntry.STORED);
      assertThat(bytes(zip, "preview.png")).isEqualTo(SmallModels.PNG);
      assertThat(bytes(zip, "tokenizer.pb")).isEqualTo(SmallModels.tokenizer().toByteArray());
    }
  }

  @Test
  void tensorsAreThereForPython() throws IOException {
    Path file = folder.resolve("model.tessera");
    Bundle bundle = SmallModels.stage1(SmallModels.GUMBEL);
    bundle.write(file);
    ByteBuffer content;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      content = ByteBuffer.wrap(bytes(zip, "vqvae.safetensors")).order(ByteOrder.LITTLE_ENDIAN);
    }
    int headerBytes = Math.toIntExact(content.getLong());
    byte[] header = new byte[headerBytes];
    content.get(header);
    // [3, 3, 12, 5] values of 4 bytes, then [5].
    assertThat(new String(header, UTF_8))
        .startsWith(
            "{\"encoder/in/weight\":{\"dtype\":\"F32\",\"shape\":[3,3,12,5],\"data_offsets\":[0,2160]},"
                + "\"encoder/in/bias\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[2160,2180]},")
        .doesNotContain("__metadata__");
    float[] first = bundle.vqvaeWeights().get("encoder/in/weight").data();
    for (int i = 0; i < first.length; i++) {
      assertThat(content.getFloat()).isEqualTo(first[i]);
    }
  }

  @Test
  void manifestAloneSaysWhatIsInside() throws IOException {
    Path file = folder.resolve("model.tessera");
    Bundle bundle = SmallModels.complete(SmallModels.FSQ);
    bundle.write(file);
    Manifest manifest = Bundle.readManifest(file);

    assertThat(manifest.getFormatVersion()).isEqualTo(1);
    assertThat(manifest.getImageVocabulary()).isEqualTo(8);
    assertThat(manifest.getTextVocabulary()).isEqualTo(262);
    assertThat(manifest.getTransformer().getLocalWindow()).isEqualTo(64);
    assertThat(manifest.getPixelRange()).isEqualTo(Manifest.PixelRange.MINUS_ONE_TO_ONE);
    assertThat(manifest.getProvenance().getDataSource()).isEqualTo("emoji:noto");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (Manifest.Entry entry : manifest.getEntriesList()) {
        byte[] bytes = bytes(zip, entry.getName());
        assertThat(entry.getBytes()).isEqualTo(bytes.length);
        assertThat(entry.getSha256().toByteArray()).isEqualTo(Sha256.of(bytes));
      }
    }
    Manifest.TensorShape embedding = manifest.getEntries(2).getTensors(0);
    assertThat(embedding.getName()).isEqualTo("token_embedding");
    assertThat(embedding.getSizesList()).containsExactly(2L + 262 + 4 + 8, 8L);
  }

  @Test
  void writeThatIsInterruptedLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("model.tessera");
    Files.writeString(file, "old");
    Bundle bundle = SmallModels.complete(SmallModels.FSQ);
    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(ClosedByInterruptException.class)
          .isThrownBy(() -> bundle.write(file));
    } finally {
      Thread.interrupted();
    }
    assertThat(file).hasContent("old");
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
    bundle.write(file);
    assertSame(Bundle.read(file), bundle);
  }

  @Test
  void weightsOfAnotherModelAreNotWritten() throws IOException {
    Bundle good = SmallModels.complete(SmallModels.GUMBEL);
    TensorMap weights = good.vqvaeWeights();
    String name = "quantiser/codebook";
    Tensor other = new Tensor(new long[] {8, 2}, new float[16]);

    assertNotWritten(
        withVqvae(good, SmallModels.without(weights, name)),
        "vqvae weights: tensor \"quantiser/codebook\" is absent; 36 others are there");
    assertNotWritten(
        withVqvae(good, SmallModels.with(weights, name, other)),
        "vqvae weights: tensor \"quantiser/codebook\" has shape [8, 2], but must have [8, 3]");
    assertNotWritten(
        withVqvae(good, SmallModels.with(weights, "quantiser/usage", other)),
        "vqvae weights: tensor \"quantiser/usage\" is there, but the model declares none of that"
            + " name");
    assertNotWritten(
        withStage2(good, SmallModels.without(SmallModels.stage2().weights(), "head/weight")),
        "transformer weights: tensor \"head/weight\" is absent; 29 others are there");
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).isEmpty();
    }
  }

  @Test
  void partsThatWereNotMadeForEachOtherAreNoBundle() {
    Bpe tokenizer = SmallModels.tokenizer();
    TransformerConfig moreText = SmallModels.transformer(300, 8, 2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bundle.Stage2(moreText, tokenizer, new TensorMap()))
        .withMessage("the tokenizer has 262 ids, but the transformer was made for 300");
    assertNoBundle(
        SmallModels.transformer(262, 9, 2, 3),
        "the codebook has 8 codes, but the transformer was made for 9");
    assertNoBundle(
        SmallModels.transformer(262, 8, 3, 2),
        "the grid has 2 rows, but the transformer was made for 3");
    assertNoBundle(
        SmallModels.transformer(262, 8, 2, 2),
        "the grid has 3 columns, but the transformer was made for 2");
  }

  @Test
  void previewIsAPngOfModestSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPreview("GIF89a...".getBytes(UTF_8)))
        .withMessage("the preview does not begin as a PNG file does");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPreview(new byte[] {(byte) 0x89, 'P'}))
        .withMessage("the preview does not begin as a PNG file does");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withPreview(new byte[(8 << 20) + 1]))
        .withMessage("the preview has 8388609 bytes, but may have 8388608");
  }

  private void assertNotWritten(Bundle bundle, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bundle.write(folder.resolve("bad.tessera")))
        .withMessage(message);
  }

  private static void assertNoBundle(TransformerConfig config, String message) {
    Bundle.Stage2 stage2 = new Bundle.Stage2(config, SmallModels.tokenizer(), new TensorMap());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Bundle(
                    SmallModels.vqvae(SmallModels.FSQ),
                    new TensorMap(),
                    Optional.of(stage2),
                    SmallModels.provenance(),
                    new byte[0]))
        .withMessage(message);
  }

  private static Bundle withVqvae(Bundle bundle, TensorMap weights) {
    return new Bundle(
        bundle.vqvae(), weights, bundle.stage2(), bundle.provenance(), bundle.preview());
  }

  private static Bundle withStage2(Bundle bundle, TensorMap weights) {
    Bundle.Stage2 stage2 = bundle.stage2().orElseThrow();
    return new Bundle(
        bundle.vqvae(),
        bundle.vqvaeWeights(),
        Optional.of(new Bundle.Stage2(stage2.config(), stage2.tokenizer(), weights)),
        bundle.provenance(),
        bundle.preview());
  }

  private static Bundle withPreview(byte[] preview) {
    return new Bundle(
        SmallModels.vqvae(SmallModels.FSQ),
        new TensorMap(),
        Optional.empty(),
        SmallModels.provenance(),
        preview);
  }

  static void assertSame(Bundle found, Bundle expected) {
    assertThat(found.vqvae()).isEqualTo(expected.vqvae());
    assertSame(found.vqvaeWeights(), expected.vqvaeWeights());
    assertThat(found.stage2().isPresent()).isEqualTo(expected.stage2().isPresent());
    if (expected.stage2().isPresent()) {
      Bundle.Stage2 foundStage2 = found.stage2().orElseThrow();
      Bundle.Stage2 expectedStage2 = expected.stage2().orElseThrow();
      assertThat(foundStage2.config()).isEqualTo(expectedStage2.config());
      assertThat(foundStage2.tokenizer()).isEqualTo(expectedStage2.tokenizer());
      assertSame(foundStage2.weights(), expectedStage2.weights());
    }
    assertThat(found.ranker().map(Bundle.TrainedRanker::config))
        .isEqualTo(expected.ranker().map(Bundle.TrainedRanker::config));
    if (expected.ranker().isPresent()) {
      assertSame(found.ranker().orElseThrow().weights(), expected.ranker().get().weights());
    }
    assertThat(found.provenance()).isEqualTo(expected.provenance());
    assertThat(found.preview()).isEqualTo(expected.preview());
  }

  private static void assertSame(TensorMap found, TensorMap expected) {
    assertThat(List.copyOf(found.asMap().entrySet()))
        .isEqualTo(List.copyOf(expected.asMap().entrySet()));
  }

  private static List<String> names(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.stream().map(ZipEntry::getName).toList();
    }
  }

  private static byte[] bytes(ZipFile zip, String name) throws IOException {
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      return in.readAllBytes();
    }
  }
}
