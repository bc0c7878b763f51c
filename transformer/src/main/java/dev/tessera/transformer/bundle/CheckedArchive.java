package dev.tessera.transformer.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import dev.tessera.proto.Manifest.TensorShape;
import dev.tessera.proto.Manifest.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An archive and its manifest, and what the one says of the other. */
final class CheckedArchive {
  static final int MAXIMUM_MANIFEST_BYTES = 1 << 20;

  private final String file;
  private final StoredZip zip;
  private final Manifest manifest;

  /**
   * Reads the archive's structure and its manifest, which has a known format version.
   *
   * @param channel of the file, open as long as contents are read
   * @param file what to call it in errors
   */
  CheckedArchive(FileChannel channel, String file) throws IOException {
    this.file = file;
    this.zip = new StoredZip(channel, file);
    this.manifest = parseManifest();
  }

  private Manifest parseManifest() throws IOException {
    if (!zip.names().contains(EntryName.MANIFEST)) {
      throw failure("is a ZIP archive without %s: it is no bundle".formatted(EntryName.MANIFEST));
    }
    Manifest parsed;
    try {
      parsed = Manifest.parseFrom(bytes(EntryName.MANIFEST, MAXIMUM_MANIFEST_BYTES));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(
          "%s has a %s that cannot be read: %s".formatted(file, EntryName.MANIFEST, e.getMessage()),
          e);
    }
    int version = parsed.getFormatVersion();
    if (version != Bundle.FORMAT_VERSION) {
      String found = Integer.toUnsignedString(version);
      throw Integer.compareUnsigned(version, Bundle.FORMAT_VERSION) > 0
          ? failure(
              "has bundle format version %s, but this version of Tessera reads only %d: update it"
                  .formatted(found, Bundle.FORMAT_VERSION))
          : failure(
              "has bundle format version %s, but must have %d: it is no bundle"
                  .formatted(found, Bundle.FORMAT_VERSION));
    }
    return parsed;
  }

  Manifest manifest() {
    return manifest;
  }

  boolean contains(String name) {
    return zip.names().contains(name);
  }

  /**
   * Checks that the archive holds exactly what its manifest describes.
   *
   * @param required entries that there must be, beside the manifest
   * @param optional entries that there may be
   */
  void requireEntries(Set<String> required, Set<String> optional) throws IOException {
    Set<String> named = new LinkedHashSet<>();
    for (Manifest.Entry entry : manifest.getEntriesList()) {
      if (!named.add(entry.getName())) {
        throw failure("names %s twice in its manifest".formatted(entry.getName()));
      }
    }
    for (String name : required) {
      if (!named.contains(name)) {
        throw failure("does not name %s in its manifest, but the model needs it".formatted(name));
      }
    }
    for (String name : named) {
      if (!required.contains(name) && !optional.contains(name)) {
        throw failure(
            "names %s in its manifest, but such a model has no entry of that name".formatted(name));
      }
      if (!contains(name)) {
        throw failure("lacks %s, which its manifest names".formatted(name));
      }
    }
    for (String name : zip.names()) {
      if (!named.contains(name) && !name.equals(EntryName.MANIFEST)) {
        throw failure("holds %s, which its manifest does not name".formatted(name));
      }
    }
    for (Manifest.Entry entry : manifest.getEntriesList()) {
      requireContent(entry);
    }
  }

  private void requireContent(Manifest.Entry entry) throws IOException {
    String name = entry.getName();
    if (zip.size(name) != entry.getBytes()) {
      throw failure(
          "has %s of %d bytes, but its manifest states %s"
              .formatted(name, zip.size(name), Long.toUnsignedString(entry.getBytes())));
    }
    MessageDigest digest = Sha256.digest();
    digest.update(zip.content(name));
    byte[] found = digest.digest();
    byte[] stated = entry.getSha256().toByteArray();
    if (!Arrays.equals(found, stated)) {
      throw failure(
          "has %s with SHA-256 %s, but its manifest states %s"
              .formatted(name, Sha256.hex(found), Sha256.hex(stated)));
    }
  }

  /** The content of an entry that is there and may have {@code maximum} bytes. */
  byte[] bytes(String name, int maximum) throws IOException {
    if (zip.size(name) > maximum) {
      throw failure(
          "has %s of %d bytes, but it may have %d".formatted(name, zip.size(name), maximum));
    }
    ByteBuffer content = zip.content(name);
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  /** The tensors of an entry that is there, as the manifest lists them: names, shapes and types. */
  TensorMap tensors(String name) throws IOException {
    TensorMap tensors = Safetensors.read(zip.content(name), file + "!" + name).tensors();
    Set<String> listed = new LinkedHashSet<>();
    for (TensorShape expected : shapes(name)) {
      if (!listed.add(expected.getName())) {
        throw failure("lists tensor \"%s\" of %s twice".formatted(expected.getName(), name));
      }
      if (!tensors.contains(expected.getName())) {
        throw failure(
            "lacks tensor \"%s\" in %s, which its manifest lists"
                .formatted(expected.getName(), name));
      }
      Tensor tensor = tensors.get(expected.getName());
      long[] sizes = expected.getSizesList().stream().mapToLong(Long::longValue).toArray();
      if (!Arrays.equals(tensor.shape(), sizes)) {
        throw failure(
            "has tensor \"%s\" in %s of shape %s, but its manifest lists %s"
                .formatted(
                    expected.getName(),
                    name,
                    Arrays.toString(tensor.shape()),
                    Arrays.toString(sizes)));
      }
      String type = tensors.type(expected.getName()).name();
      if (!type.equals(expected.getType().name())) {
        throw failure(
            "has tensor \"%s\" in %s of type %s, but its manifest lists %s"
                .formatted(expected.getName(), name, type, stated(expected)));
      }
    }
    for (String found : tensors.names()) {
      if (!listed.contains(found)) {
        throw failure(
            "has tensor \"%s\" in %s, which its manifest does not list".formatted(found, name));
      }
    }
    return tensors;
  }

  private static String stated(TensorShape tensor) {
    return tensor.getType() == TensorType.UNRECOGNIZED
        ? "type number " + tensor.getTypeValue()
        : tensor.getType().name();
  }

  private List<TensorShape> shapes(String name) {
    return manifest.getEntriesList().stream()
        .filter(entry -> entry.getName().equals(name))
        .flatMap(entry -> entry.getTensorsList().stream())
        .toList();
  }

  private IOException failure(String what) {
    return new IOException(file + " " + what);
  }
}
