package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tessera.engine.store.DataType;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.proto.TransformerConfig.MaskPattern;
import dev.tessera.tokenizer.Bpe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are sound, with contents that are not: each is refused by a sentence. */
class ForgedBundleTest {
  private static byte[] genuine;
  private static TensorMap vqvaeWeights;

  @TempDir Path folder;
  private Path file;
  private Forgery forgery;

  @BeforeAll
  static void writeGenuineBundle(@TempDir Path shared) throws IOException {
    Bundle bundle = SmallModels.complete(SmallModels.GUMBEL);
    Path file = shared.resolve("genuine.tessera");
    bundle.write(file);
    genuine = Files.readAllBytes(file);
    vqvaeWeights = bundle.vqvaeWeights();
  }

  @BeforeEach
  void takeApart() throws IOException {
    file = folder.resolve("forged.tessera");
    forgery = new Forgery(genuine);
  }

  @Test
  void bundleThatIsOnlyPutTogetherAgainIsRead() throws IOException {
    Files.write(file, forgery.zip());
    BundleTest.assertSame(Bundle.read(file), SmallModels.complete(SmallModels.GUMBEL));
  }

  @Test
  void newerFormatIsRefusedByName() throws IOException {
    forgery.manifest.setFormatVersion(2);
    forgery.entries.put("adapters.safetensors", new byte[3]);
    String message =
        " has bundle format version 2, but this version of Tessera reads only 1: update it";
    assertRefused(message);
    assertThatIOException().isThrownBy(() -> Bundle.readManifest(file)).withMessage(file + message);
  }

  @Test
  void manifestWithoutAVersionIsRefused() throws IOException {
    forgery.manifest.clearFormatVersion();
    assertRefused(" has bundle format version 0, but must have 1: it is no bundle");
  }

  @Test
  void manifestThatIsNoMessageIsRefused() throws IOException {
    forgery.entries.put("manifest.pb", "Manifest-Version: 1.0".getBytes(UTF_8));
    Files.write(file, Forgery.zip(forgery.entries, ZipEntry.STORED));
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageStartingWith(file + " has a manifest.pb that cannot be read: ");
  }

  @Test
  void hugeManifestIsRefused() throws IOException {
    forgery.manifest.getProvenanceBuilder().setDataNotice("x".repeat(2 << 20));
    write();
    assertThatIOException()
        .isThrownBy(() -> Bundle.readManifest(file))
        .withMessageMatching(".* has manifest.pb of \\d+ bytes, but it may have 1048576");
  }

  @Test
  void archiveOfSomethingElseIsRefused() throws IOException {
    Files.write(file, Forgery.zip(Map.of("word/document.xml", new byte[9]), ZipEntry.STORED));
    assertReadFails(" is a ZIP archive without manifest.pb: it is no bundle");
  }

  @Test
  void whatIsNoFileIsRefused() {
    assertReadFails(" is not a file, but a bundle (.tessera) was expected");
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(folder))
        .withMessage(folder + " is not a file, but a bundle (.tessera) was expected");
  }

  @Test
  void tokenizerOfAnotherVocabularyIsRefused() throws IOException {
    Bpe other = Bpe.train(List.of("red red heart"), 258);
    forgery.replace("tokenizer.pb", other.toByteArray());
    assertRefused(": manifest states text vocabulary 262, but the model has 258");
    forgery.manifest.setTextVocabulary(258);
    assertRefused(": model: the tokenizer has 258 ids, but the transformer was made for 262");
  }

  @Test
  void codebookOfAnotherSizeIsRefused() throws IOException {
    forgery.manifest.getVqvaeBuilder().getGumbelSoftmaxBuilder().setCodebookSize(9);
    assertRefused(": manifest states image vocabulary 8, but the model has 9");
    forgery.manifest.setImageVocabulary(9);
    assertRefused(": model: the codebook has 9 codes, but the transformer was made for 8");
  }

  @Test
  void partsThatCannotBeThoseOfCaptionsAreRefused() throws IOException {
    Path whole = folder.resolve("named.tessera");
    SmallModels.named().write(whole);
    byte[] named = Files.readAllBytes(whole);
    String must = ", but must have 1 to 8 places of 1 to 10000 sorted parts of 1 to 200 characters";

    forgery = new Forgery(named);
    forgery.replace("naming.pb", parts(2, "a", "b"));
    assertRefused(": naming.pb: format version is 2, but this version of Tessera reads only 1");
    forgery.replace("naming.pb", parts(1, "b", "a"));
    assertRefused(": naming.pb: the form of captions has \"a\" after \"b\"" + must);
    forgery.replace("naming.pb", parts(1, "a", "a"));
    assertRefused(": naming.pb: the form of captions has \"a\" after \"a\"" + must);
    forgery.replace("naming.pb", parts(1, " "));
    assertRefused(": naming.pb: the form of captions has a part of 1 characters" + must);
    String[] many = IntStream.range(0, 10_001).mapToObj("%05d"::formatted).toArray(String[]::new);
    forgery.replace("naming.pb", parts(1, many));
    assertRefused(": naming.pb: the form of captions has a place of 10001 parts" + must);
    forgery.replace("naming.pb", new byte[(8 << 20) + 1]);
    assertRefused(" has naming.pb of 8388609 bytes, but it may have 8388608");
    // A text that claims more bytes than there are.
    forgery.replace("naming.pb", new byte[] {8, 1, 18, (byte) 0xFF, (byte) 0xFF, 127});
    write();
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageStartingWith(file + ": naming.pb: cannot be read: ");
    // Sound parts, but not those that the weights were learned for.
    forgery.replace("naming.pb", parts(1, "a", "b"));
    write();
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageStartingWith(file + ": naming.safetensors: ");

    forgery = new Forgery(named);
    forgery.entries.remove("naming.safetensors");
    assertRefused(" lacks naming.safetensors, which its manifest names");
    forgery = new Forgery(named);
    forgery.entries.remove("naming.pb");
    assertRefused(" names naming.pb in its manifest, but such a model has no entry of that name");
  }

  private static byte[] parts(int version, String... parts) {
    return dev.tessera.proto.CaptionForm.newBuilder()
        .setFormatVersion(version)
        .addPlaces(
            dev.tessera.proto.CaptionForm.Place.newBuilder().addAllParts(List.of(parts)).build())
        .build()
        .toByteArray();
  }

  @Test
  void aRankerThatIsMissingOrDamagedIsRefused() throws IOException {
    Path whole = folder.resolve("ranked.tessera");
    SmallModels.ranked().write(whole);
    byte[] ranked = Files.readAllBytes(whole);

    forgery = new Forgery(ranked);
    forgery.entries.remove("ranker.safetensors");
    assertRefused(" lacks ranker.safetensors, which its manifest names");

    forgery = new Forgery(ranked);
    forgery.content("ranker.safetensors")[200] ^= 1;
    write();
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageContaining(" has ranker.safetensors with SHA-256 ");

    forgery = new Forgery(ranked);
    forgery.manifest.clearRanker();
    assertRefused(
        " names ranker.safetensors in its manifest, but such a model has no entry of that name");

    forgery = new Forgery(ranked);
    forgery.manifest.getRankerBuilder().setHeads(3);
    assertRefused(": ranker: heads is 3, but must divide the text width of 8");

    forgery = new Forgery(ranked);
    forgery.manifest.getRankerBuilder().setTextVocabulary(300);
    assertRefused(": model: the tokenizer has 262 ids, but the ranker was made for 300");
  }

  @Test
  void gridOfAnotherSizeIsRefused() throws IOException {
    forgery.manifest.getVqvaeBuilder().getPictureBuilder().setHeight(12);
    assertRefused(": model: the grid has 3 rows, but the transformer was made for 2");
  }

  @Test
  void configurationOutOfRangeIsRefusedByTheNameOfItsField() throws IOException {
    forgery.manifest.getVqvaeBuilder().setDownsampling(5);
    assertRefused(": vqvae: downsampling is 5, but must be 4, 8 or 16");
    forgery.manifest.getVqvaeBuilder().setDownsampling(4).clearPicture();
    assertRefused(": vqvae: picture height is 0, but must be 8 to 1024");
    takeApart();
    forgery.manifest.getTransformerBuilder().setHeads(3);
    assertRefused(": transformer: width is 8, but must be a multiple of the 3 heads");
    takeApart();
    forgery.manifest.getTransformerBuilder().setNeighbourhood(5);
    assertRefused(": transformer: neighbourhood is 5, but must be 0 to 4");
    takeApart();
    forgery.manifest.getProvenanceBuilder().setCaptioned(5000);
    assertRefused(": provenance: captioned is 5000, but there are only 1200 pictures");
    takeApart();
    forgery.manifest.getProvenanceBuilder().setDataSha256(ByteString.copyFrom(new byte[20]));
    assertRefused(": provenance: data SHA-256 has 20 bytes, but must have 32 or none");
  }

  @Test
  void configurationOfANewerWriterIsRefusedByTheNameOfWhatIsNew() throws IOException {
    forgery.manifest.getTransformerBuilder().setMasksValue(1, 5);
    assertRefused(
        ": transformer: mask of layer 1 is number 5, which this version of Tessera does not know:"
            + " update it");
    takeApart();
    forgery.manifest.getVqvaeBuilder().getPictureBuilder().setFitValue(3);
    assertRefused(
        ": vqvae: fit is number 3, which this version of Tessera does not know: update it");
    takeApart();
    forgery.manifest.getVqvaeBuilder().getGumbelSoftmaxBuilder().setLogitsValue(2);
    assertRefused(
        ": vqvae: logits is number 2, which this version of Tessera does not know: update it");
    takeApart();
    forgery.manifest.getVqvaeBuilder().getVectorQuantiserBuilder().setGradientValue(9);
    assertRefused(
        ": vqvae: gradient is number 9, which this version of Tessera does not know: update it");
    takeApart();
    // As a newer quantiser looks to a reader that does not know it.
    forgery.manifest.getVqvaeBuilder().clearQuantiser().setUnknownFields(field(8));
    assertRefused(
        ": manifest: VqvaeConfig has field 8, which this version of Tessera does not know:"
            + " update it");
    takeApart();
    forgery.manifest.getVqvaeBuilder().clearQuantiser();
    assertRefused(": vqvae: quantiser is absent");
    takeApart();
    forgery.described("preview.png").setUnknownFields(field(9));
    assertRefused(
        ": manifest: Entry has field 9, which this version of Tessera does not know: update it");
    takeApart();
    forgery.manifest.setPixelRangeValue(2);
    assertRefused(": pixel range is number 2, but this version of Tessera knows only 1");
  }

  @Test
  void provenanceOfANewerWriterIsRead() throws IOException {
    forgery.manifest.getProvenanceBuilder().setUnknownFields(field(77));
    write();
    assertThat(Bundle.read(file).provenance()).isEqualTo(SmallModels.provenance());
  }

  @Test
  void anotherLocalWindowIsRefused() throws IOException {
    forgery.manifest.getTransformerBuilder().setLocalWindow(32);
    assertRefused(": transformer: local window is 32, but must be 64");
    forgery.manifest.getTransformerBuilder().setMasks(1, MaskPattern.CAUSAL);
    assertRefused(": transformer: local window is 32, but must be 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tokenizer.pb", "vqvae.safetensors", "transformer.safetensors", "preview.png"})
  void contentOfAnotherDigestIsRefused(String name) throws IOException {
    byte[] content = forgery.content(name);
    String stated = Sha256.hex(Sha256.of(content));
    content[content.length - 1] ^= 1;
    String found = Sha256.hex(Sha256.of(content));
    assertRefused(
        " has %s with SHA-256 %s, but its manifest states %s".formatted(name, found, stated));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "71, 71", "-1, 18446744073709551615"})
  void contentOfAnotherLengthIsRefused(long stated, String shown) throws IOException {
    forgery.described("preview.png").setBytes(stated);
    int found = SmallModels.PNG.length;
    assertRefused(
        " has preview.png of %d bytes, but its manifest states %s".formatted(found, shown));
  }

  @Test
  void entryThatIsMissingIsRefused() throws IOException {
    forgery.entries.remove("transformer.safetensors");
    assertRefused(" lacks transformer.safetensors, which its manifest names");
    forgery.manifest.removeEntries(2);
    assertRefused(" does not name transformer.safetensors in its manifest, but the model needs it");
  }

  @Test
  void entryThatIsNotNamedIsRefused() throws IOException {
    forgery.entries.put("notes.txt", new byte[1]);
    assertRefused(" holds notes.txt, which its manifest does not name");
  }

  @Test
  void entryThatNoBundleHasIsRefused() throws IOException {
    forgery.entries.put("notes.txt", new byte[1]);
    forgery.manifest.addEntriesBuilder().setName("notes.txt").setBytes(1);
    assertRefused(" names notes.txt in its manifest, but such a model has no entry of that name");
  }

  @Test
  void stage2ThatTheManifestDoesNotHaveIsRefused() throws IOException {
    forgery.manifest.clearTransformer();
    assertRefused(
        " names tokenizer.pb in its manifest, but such a model has no entry of that name");
  }

  @Test
  void entryThatIsNamedTwiceIsRefused() throws IOException {
    forgery.manifest.addEntries(forgery.described("preview.png").build());
    assertRefused(" names preview.png twice in its manifest");
  }

  @Test
  void previewThatIsNoPngIsRefused() throws IOException {
    forgery.replace("preview.png", "#!/bin/sh".getBytes(UTF_8));
    assertRefused(": model: the preview does not begin as a PNG file does");
  }

  @Test
  void tokenizerThatIsNoneIsRefusedByItsOwnSentence() throws IOException {
    forgery.replace("tokenizer.pb", new byte[0]);
    assertRefused(
        "!tokenizer.pb: tokenizer format version is 0, but must be 1: this is no tokenizer");
  }

  @Test
  void hugeTokenizerIsRefused() throws IOException {
    forgery.replace("tokenizer.pb", new byte[(4 << 20) + 1]);
    assertRefused(" has tokenizer.pb of 4194305 bytes, but it may have 4194304");
  }

  @Test
  void safetensorsThatClaimMoreThanIsThereAreRefused() throws IOException {
    byte[] content = forgery.content("vqvae.safetensors").clone();
    content[6] = 0x7F;
    forgery.replace("vqvae.safetensors", content);
    write();
    assertThatIOException()
        .isThrownBy(() -> Bundle.read(file))
        .withMessageStartingWith(file + "!vqvae.safetensors: header has ");
  }

  @Test
  void tensorsThatAreNotTheListedOnesAreRefused() throws IOException {
    String name = "decoder/out/bias";
    Tensor bias = vqvaeWeights.get(name, 12);
    forgery.replace("vqvae.safetensors", SmallModels.without(vqvaeWeights, name));
    assertRefused(
        " lacks tensor \"decoder/out/bias\" in vqvae.safetensors, which its manifest lists");
    forgery.replace("vqvae.safetensors", SmallModels.with(vqvaeWeights, "extra", bias));
    assertRefused(" has tensor \"extra\" in vqvae.safetensors, which its manifest does not list");
    Tensor reshaped = new Tensor(new long[] {3, 4}, bias.data());
    forgery.replace("vqvae.safetensors", SmallModels.with(vqvaeWeights, name, reshaped));
    assertRefused(
        " has tensor \"decoder/out/bias\" in vqvae.safetensors of shape [3, 4], but its manifest"
            + " lists [12]");
    TensorMap halves = SmallModels.without(vqvaeWeights, name);
    halves.put(name, bias, DataType.BF16);
    forgery.replace("vqvae.safetensors", halves);
    assertRefused(
        " has tensor \"decoder/out/bias\" in vqvae.safetensors of type BF16, but its manifest lists"
            + " F32");
    takeApart();
    forgery.described("vqvae.safetensors").getTensorsBuilder(0).setTypeValue(9);
    assertRefused(
        " has tensor \"encoder/in/weight\" in vqvae.safetensors of type F32, but its manifest lists"
            + " type number 9");
    takeApart();
    Manifest.Entry.Builder entry = forgery.described("vqvae.safetensors");
    entry.addTensors(entry.getTensors(0));
    assertRefused(" lists tensor \"encoder/in/weight\" of vqvae.safetensors twice");
  }

  @Test
  void forgeryThatConvincesTheReaderFailsWhereItsWeightsAreUsed() throws IOException {
    TensorMap fewer = SmallModels.without(vqvaeWeights, "decoder/out/bias");
    forgery.replace("vqvae.safetensors", fewer);
    Manifest.Entry.Builder entry = forgery.described("vqvae.safetensors");
    entry.removeTensors(
        entry.getTensorsList().stream()
            .map(Manifest.TensorShape::getName)
            .toList()
            .indexOf("decoder/out/bias"));
    write();
    Bundle bundle = Bundle.read(file);
    assertThatIllegalArgumentException()
        .isThrownBy(bundle::vqvaeParameters)
        .withMessageStartingWith("vqvae weights: tensor \"decoder/out/bias\" is absent");
  }

  @Test
  void entriesMayComeInAnotherOrder() throws IOException {
    Map<String, byte[]> reversed = new LinkedHashMap<>();
    List.of("preview.png", "transformer.safetensors", "vqvae.safetensors", "tokenizer.pb")
        .forEach(name -> reversed.put(name, forgery.content(name)));
    reversed.put("manifest.pb", forgery.manifest.build().toByteArray());
    Files.write(file, Forgery.zip(reversed, ZipEntry.STORED));
    BundleTest.assertSame(Bundle.read(file), SmallModels.complete(SmallModels.GUMBEL));
  }

  private static UnknownFieldSet field(int number) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  private void write() throws IOException {
    Files.write(file, forgery.zip());
  }

  private void assertRefused(String message) throws IOException {
    write();
    assertReadFails(message);
  }

  private void assertReadFails(String message) {
    assertThatIOException().isThrownBy(() -> Bundle.read(file)).withMessage(file + message);
  }
}
