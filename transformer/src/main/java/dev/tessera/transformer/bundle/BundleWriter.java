package dev.tessera.transformer.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.IoConsumer;
import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.proto.Manifest.PixelRange;
import dev.tessera.proto.Manifest.TensorShape;
import dev.tessera.proto.Manifest.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a bundle. An entry's size and digests stand in front of it, so each is made twice: once to
 * measure it, once to keep it; no entry is held in memory.
 */
final class BundleWriter {
  /** Keeps the archive clear of the 4 GiB beyond which ZIP has other headers. */
  private static final long MAXIMUM_CONTENT_BYTES = 4_000_000_000L;

  /** On every entry. An earlier one in ZIP's first month would make Java add the time zone. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  /**
   * An entry to be.
   *
   * @param tensors what it holds, if it is a .safetensors
   * @param content writes its bytes, the same each time
   */
  private record Part(String name, List<TensorShape> tensors, IoConsumer<OutputStream> content) {}

  /** A part's size and digests. */
  private record Measured(long bytes, long crc, byte[] sha256) {
    static Measured of(Part part) throws IOException {
      MessageDigest sha256 = Sha256.digest();
      CRC32 crc = new CRC32();
      long[] bytes = {0};
      OutputStream counting =
          new OutputStream() {
            @Override
            public void write(int value) {
              bytes[0]++;
            }

            @Override
            public void write(byte[] values, int offset, int length) {
              bytes[0] += length;
            }
          };
      part.content().accept(new CheckedOutputStream(new DigestOutputStream(counting, sha256), crc));
      if (bytes[0] > StoredZip.MAXIMUM_ENTRY_BYTES) {
        throw new IllegalArgumentException(
            "%s would have %d bytes, but an entry of a bundle may have %d"
                .formatted(part.name(), bytes[0], StoredZip.MAXIMUM_ENTRY_BYTES));
      }
      return new Measured(bytes[0], crc.getValue(), sha256.digest());
    }
  }

  private BundleWriter() {}

  static void write(Bundle bundle, Path file) throws IOException {
    bundle.vqvaeParameters();
    bundle.stage2().ifPresent(Bundle.Stage2::parameters);
    bundle.ranker().ifPresent(Bundle.TrainedRanker::parameters);
    bundle.naming().ifPresent(Bundle.TrainedNaming::namer);
    List<Part> parts = parts(bundle);
    List<Measured> measured = new ArrayList<>();
    for (Part part : parts) {
      measured.add(Measured.of(part));
    }
    long total = measured.stream().mapToLong(Measured::bytes).sum();
    if (total > MAXIMUM_CONTENT_BYTES) {
      throw new IllegalArgumentException(
          "the bundle would have %d bytes, but may have %d"
              .formatted(total, MAXIMUM_CONTENT_BYTES));
    }
    Part manifest = bytes(EntryName.MANIFEST, manifest(bundle, parts, measured));
    Measured manifestMeasured = Measured.of(manifest);
    AtomicFiles.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out, UTF_8);
          put(zip, manifest, manifestMeasured);
          for (int i = 0; i < parts.size(); i++) {
            put(zip, parts.get(i), measured.get(i));
          }
          zip.finish();
        });
  }

  private static List<Part> parts(Bundle bundle) {
    List<Part> parts = new ArrayList<>();
    Optional<Bundle.Stage2> stage2 = bundle.stage2();
    stage2.ifPresent(it -> parts.add(bytes(EntryName.TOKENIZER, it.tokenizer().toByteArray())));
    parts.add(tensors(EntryName.VQVAE, bundle.vqvaeWeights()));
    stage2.ifPresent(it -> parts.add(tensors(EntryName.TRANSFORMER, it.weights())));
    bundle.ranker().ifPresent(it -> parts.add(tensors(EntryName.RANKER, it.weights())));
    bundle
        .naming()
        .ifPresent(
            it -> {
              parts.add(bytes(EntryName.NAMING, NamingProtos.toByteArray(it.form())));
              parts.add(tensors(EntryName.NAMING_WEIGHTS, it.weights()));
            });
    if (bundle.preview().length > 0) {
      parts.add(bytes(EntryName.PREVIEW, bundle.preview()));
    }
    return parts;
  }

  private static Part bytes(String name, byte[] bytes) {
    return new Part(name, List.of(), out -> out.write(bytes));
  }

  private static Part tensors(String name, TensorMap tensors) {
    List<TensorShape> shapes = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : tensors.asMap().entrySet()) {
      String type = tensors.type(entry.getKey()).name();
      TensorShape.Builder shape =
          TensorShape.newBuilder().setName(entry.getKey()).setType(TensorType.valueOf(type));
      for (long size : entry.getValue().shape()) {
        shape.addSizes(size);
      }
      shapes.add(shape.build());
    }
    return new Part(name, shapes, out -> Safetensors.write(tensors, Map.of(), out));
  }

  private static byte[] manifest(Bundle bundle, List<Part> parts, List<Measured> measured)
      throws IOException {
    Manifest.Builder manifest =
        Manifest.newBuilder()
            .setFormatVersion(Bundle.FORMAT_VERSION)
            .setVqvae(VqvaeProtos.toProto(bundle.vqvae()))
            .setProvenance(bundle.provenance().toProto())
            .setPixelRange(PixelRange.MINUS_ONE_TO_ONE)
            .setImageVocabulary(bundle.vqvae().quantiser().codebookSize());
    bundle
        .stage2()
        .ifPresent(
            stage2 ->
                manifest
                    .setTransformer(TransformerProtos.toProto(stage2.config()))
                    .setTextVocabulary(stage2.tokenizer().vocabularySize()));
    bundle.ranker().ifPresent(ranker -> manifest.setRanker(RankerProtos.toProto(ranker.config())));
    for (int i = 0; i < parts.size(); i++) {
      manifest
          .addEntriesBuilder()
          .setName(parts.get(i).name())
          .setBytes(measured.get(i).bytes())
          .setSha256(ByteString.copyFrom(measured.get(i).sha256()))
          .addAllTensors(parts.get(i).tensors());
    }
    byte[] bytes = deterministic(manifest.build());
    if (bytes.length > CheckedArchive.MAXIMUM_MANIFEST_BYTES) {
      throw new IllegalArgumentException(
          "%s would have %d bytes, but may have %d: the data notice is too long"
              .formatted(EntryName.MANIFEST, bytes.length, CheckedArchive.MAXIMUM_MANIFEST_BYTES));
    }
    return bytes;
  }

  /** Maps in the order of their keys, which Protocol Buffers leaves open otherwise. */
  private static byte[] deterministic(Manifest manifest) throws IOException {
    byte[] bytes = new byte[manifest.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    manifest.writeTo(out);
    out.checkNoSpaceLeft();
    return bytes;
  }

  private static void put(ZipOutputStream zip, Part part, Measured measured) throws IOException {
    ZipEntry entry = new ZipEntry(part.name());
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(measured.bytes());
    entry.setCrc(measured.crc());
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    part.content().accept(zip);
    zip.closeEntry();
  }
}
