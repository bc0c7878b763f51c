package dev.tessera.transformer.bundle;

import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.vqvae.model.VqvaeConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A trained model with all that belongs to it; see the package for its file.
 *
 * @param vqvae the configuration of stage 1
 * @param vqvaeWeights of encoder, decoder and quantiser
 * @param stage2 absent where only stage 1 was trained
 * @param provenance where the model comes from
 * @param preview samples as PNG; empty for none
 */
public record Bundle(
    VqvaeConfig vqvae,
    TensorMap vqvaeWeights,
    Optional<Stage2> stage2,
    Provenance provenance,
    byte[] preview) {
  private static final String TOKENIZER = "tokenizer.pb";
  private static final String VQVAE = "vqvae.safetensors";
  private static final String TRANSFORMER = "transformer.safetensors";
  private static final String PREVIEW = "preview.png";

  /**
   * What stage 2 adds.
   *
   * @param config of the GPT
   * @param tokenizer of its captions
   * @param weights of the GPT
   */
  public record Stage2(TransformerConfig config, Bpe tokenizer, TensorMap weights) {}

  /** Refuses parts that were not made for each other. */
  public Bundle {
    if (stage2.isPresent()) {
      TransformerConfig config = stage2.get().config();
      requireEqual(
          "tokenizer", "ids", stage2.get().tokenizer().vocabularySize(), config.textVocabulary());
      requireEqual("codebook", "codes", vqvae.quantiser().codebookSize(), config.imageVocabulary());
      requireEqual("grid", "rows", vqvae.gridHeight(), config.gridHeight());
      requireEqual("grid", "columns", vqvae.gridColumns(), config.gridWidth());
    }
  }

  private static void requireEqual(String part, String unit, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          String.format(
              "the %s has %d %s, but the transformer was made for %d",
              part, found, unit, expected));
    }
  }

  /** Writes the bundle; the file appears whole or not at all. */
  public void write(Path file) throws IOException {
    Manifest.Builder manifest =
        Manifest.newBuilder()
            .setVqvae(VqvaeProtos.toProto(vqvae))
            .setProvenance(provenance.toProto());
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(VQVAE, bytes(vqvaeWeights));
    if (stage2.isPresent()) {
      manifest.setTransformer(TransformerProtos.toProto(stage2.get().config()));
      entries.put(TOKENIZER, stage2.get().tokenizer().toByteArray());
      entries.put(TRANSFORMER, bytes(stage2.get().weights()));
    }
    if (preview.length > 0) {
      entries.put(PREVIEW, preview);
    }
    Archive.write(file, manifest.build(), entries);
  }

  private static byte[] bytes(TensorMap tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(tensors, Map.of(), out);
    return out.toByteArray();
  }

  /** What a bundle says about itself; no other entry is read. */
  public static Manifest readManifest(Path file) throws IOException {
    return Archive.readManifest(file);
  }

  /**
   * Reads and checks a bundle.
   *
   * @throws IOException if the file is damaged, of a newer format, or its parts do not fit
   */
  public static Bundle read(Path file) throws IOException {
    Manifest manifest = Archive.readManifest(file);
    Map<String, byte[]> entries = Archive.readEntries(file, manifest);
    try {
      return new Bundle(
          VqvaeProtos.fromProto(manifest.getVqvae()),
          tensors(file, entries, VQVAE),
          manifest.hasTransformer()
              ? Optional.of(stage2(file, manifest, entries))
              : Optional.empty(),
          Provenance.fromProto(manifest.getProvenance()),
          entries.getOrDefault(PREVIEW, new byte[0]));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static Stage2 stage2(Path file, Manifest manifest, Map<String, byte[]> entries)
      throws IOException {
    return new Stage2(
        TransformerProtos.fromProto(manifest.getTransformer()),
        Bpe.parse(entry(file, entries, TOKENIZER), file + ": " + TOKENIZER),
        tensors(file, entries, TRANSFORMER));
  }

  private static TensorMap tensors(Path file, Map<String, byte[]> entries, String name)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(entry(file, entries, name));
    return Safetensors.read(buffer, file + ": " + name).tensors();
  }

  private static byte[] entry(Path file, Map<String, byte[]> entries, String name)
      throws IOException {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw new IOException(file + " has no entry " + name + ", which its manifest asks for");
    }
    return bytes;
  }
}
