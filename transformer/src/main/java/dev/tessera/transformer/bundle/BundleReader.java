package dev.tessera.transformer.bundle;

import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.proto.Manifest.PixelRange;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.naming.CaptionForm;
import dev.tessera.transformer.ranker.RankerConfig;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes a bundle of an archive, whose manifest is not believed more than its entries. */
final class BundleReader {
  private static final int MAXIMUM_TOKENIZER_BYTES = 4 << 20;

  private final String file;
  private final CheckedArchive archive;
  private final Manifest manifest;

  private BundleReader(CheckedArchive archive, String file) {
    this.file = file;
    this.archive = archive;
    this.manifest = archive.manifest();
  }

  static Bundle read(Path path) throws IOException {
    try (FileChannel channel = open(path)) {
      String file = path.toString();
      return new BundleReader(new CheckedArchive(channel, file), file).bundle();
    }
  }

  static Manifest readManifest(Path path) throws IOException {
    try (FileChannel channel = open(path)) {
      return new CheckedArchive(channel, path.toString()).manifest();
    }
  }

  private static FileChannel open(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new IOException(path + " is not a file, but a bundle (.tessera) was expected");
    }
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  private Bundle bundle() throws IOException {
    // Provenance changes no result: what a newer version adds there may be passed over.
    Manifest essential = manifest.toBuilder().clearProvenance().build();
    valid("manifest", () -> Newer.requireKnown(essential));
    if (manifest.getPixelRange() != PixelRange.MINUS_ONE_TO_ONE) {
      throw new IOException(
          "%s: pixel range is number %d, but this version of Tessera knows only %d"
              .formatted(file, manifest.getPixelRangeValue(), PixelRange.MINUS_ONE_TO_ONE_VALUE));
    }
    VqvaeConfig vqvae = valid("vqvae", () -> VqvaeProtos.fromProto(manifest.getVqvae()));
    requireAgreement(
        "image vocabulary", manifest.getImageVocabulary(), vqvae.quantiser().codebookSize());
    archive.requireEntries(required(), Set.of(EntryName.PREVIEW));
    TensorMap weights = archive.tensors(EntryName.VQVAE);
    vqvae.quantiser().complete(weights);
    Optional<Bundle.Stage2> stage2 =
        manifest.hasTransformer() ? Optional.of(stage2()) : Optional.empty();
    Optional<Bundle.TrainedRanker> ranker =
        manifest.hasRanker() ? Optional.of(ranker()) : Optional.empty();
    Optional<Bundle.TrainedNaming> naming =
        archive.contains(EntryName.NAMING) ? Optional.of(naming()) : Optional.empty();
    Provenance provenance =
        valid("provenance", () -> Provenance.fromProto(manifest.getProvenance()));
    byte[] preview =
        archive.contains(EntryName.PREVIEW)
            ? archive.bytes(EntryName.PREVIEW, Bundle.MAXIMUM_PREVIEW_BYTES)
            : new byte[0];
    return valid(
        "model", () -> new Bundle(vqvae, weights, stage2, ranker, naming, provenance, preview));
  }

  /** Entries without which the model that the manifest describes is none. */
  private Set<String> required() {
    Set<String> required = new LinkedHashSet<>(Set.of(EntryName.VQVAE));
    if (manifest.hasTransformer()) {
      required.addAll(Set.of(EntryName.TOKENIZER, EntryName.TRANSFORMER));
    }
    if (manifest.hasRanker()) {
      required.add(EntryName.RANKER);
    }
    if (archive.contains(EntryName.NAMING)) {
      required.addAll(Set.of(EntryName.NAMING, EntryName.NAMING_WEIGHTS));
    }
    return required;
  }

  private Bundle.TrainedRanker ranker() throws IOException {
    RankerConfig config = valid("ranker", () -> RankerProtos.fromProto(manifest.getRanker()));
    return new Bundle.TrainedRanker(config, archive.tensors(EntryName.RANKER));
  }

  private Bundle.TrainedNaming naming() throws IOException {
    byte[] bytes = archive.bytes(EntryName.NAMING, NamingProtos.MAXIMUM_BYTES);
    CaptionForm form = valid(EntryName.NAMING, () -> NamingProtos.parse(bytes));
    TensorMap weights = archive.tensors(EntryName.NAMING_WEIGHTS);
    Bundle.TrainedNaming naming = new Bundle.TrainedNaming(form, weights);
    valid(EntryName.NAMING_WEIGHTS, naming::namer);
    return naming;
  }

  private Bundle.Stage2 stage2() throws IOException {
    TransformerConfig config =
        valid("transformer", () -> TransformerProtos.fromProto(manifest.getTransformer()));
    byte[] bytes = archive.bytes(EntryName.TOKENIZER, MAXIMUM_TOKENIZER_BYTES);
    Bpe tokenizer = Bpe.parse(bytes, file + "!" + EntryName.TOKENIZER);
    requireAgreement("text vocabulary", manifest.getTextVocabulary(), tokenizer.vocabularySize());
    TensorMap weights = archive.tensors(EntryName.TRANSFORMER);
    return valid("model", () -> new Bundle.Stage2(config, tokenizer, weights));
  }

  private void requireAgreement(String name, int stated, int found) throws IOException {
    if (stated != found) {
      throw new IOException(
          "%s: manifest states %s %s, but the model has %d"
              .formatted(file, name, Integer.toUnsignedString(stated), found));
    }
  }

  private <T> T valid(String part, Supplier<T> make) throws IOException {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s: %s".formatted(file, part, e.getMessage()), e);
    }
  }
}
