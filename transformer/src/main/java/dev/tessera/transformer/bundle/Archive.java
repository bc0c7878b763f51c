package dev.tessera.transformer.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.engine.store.Sha256;
import dev.tessera.proto.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The archive of a bundle: its manifest, and entries that are what the manifest says. */
final class Archive {
  static final int FORMAT_VERSION = 1;

  private static final String MANIFEST = "manifest.pb";
  private static final long MAXIMUM_MANIFEST_BYTES = 1 << 20;

  /** The earliest time that a ZIP can state: equal models make equal files. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Archive() {}

  /** Writes a manifest, completed with the entries' digests, and the entries in their order. */
  static void write(Path file, Manifest manifest, Map<String, byte[]> entries) throws IOException {
    Manifest.Builder complete = manifest.toBuilder().setFormatVersion(FORMAT_VERSION);
    entries.forEach(
        (name, bytes) ->
            complete
                .addEntriesBuilder()
                .setName(name)
                .setBytes(bytes.length)
                .setSha256(ByteString.copyFrom(Sha256.of(bytes))));
    AtomicFiles.write(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            store(zip, MANIFEST, complete.build().toByteArray());
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
              store(zip, entry.getKey(), entry.getValue());
            }
          }
        });
  }

  private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** The manifest alone. */
  static Manifest readManifest(Path file) throws IOException {
    try (ZipFile zip = open(file)) {
      return manifest(zip, file);
    }
  }

  /** All entries but the manifest, each checked against it. */
  static Map<String, byte[]> readEntries(Path file, Manifest manifest) throws IOException {
    try (ZipFile zip = open(file)) {
      requireListed(zip, file, manifest);
      Map<String, byte[]> entries = new LinkedHashMap<>();
      for (Manifest.Entry listed : manifest.getEntriesList()) {
        byte[] bytes = read(zip, file, listed.getName(), Files.size(file));
        if (bytes.length != listed.getBytes()
            || !Arrays.equals(Sha256.of(bytes), listed.getSha256().toByteArray())) {
          throw new IOException(
              file + ": entry " + listed.getName() + " is not the one that the manifest describes");
        }
        entries.put(listed.getName(), bytes);
      }
      return entries;
    }
  }

  private static ZipFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a file, but a bundle (.tessera) was expected");
    }
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new IOException(file + " is not a bundle, or is damaged: " + e.getMessage(), e);
    }
  }

  private static Manifest manifest(ZipFile zip, Path file) throws IOException {
    Manifest manifest;
    try {
      manifest = Manifest.parseFrom(read(zip, file, MANIFEST, MAXIMUM_MANIFEST_BYTES));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException(file + ": " + MANIFEST + " cannot be parsed: " + e.getMessage(), e);
    }
    if (manifest.getFormatVersion() < 1 || manifest.getFormatVersion() > FORMAT_VERSION) {
      throw new IOException(
          String.format(
              "%s has format version %d, but this program reads up to %d",
              file, manifest.getFormatVersion(), FORMAT_VERSION));
    }
    return manifest;
  }

  private static void requireListed(ZipFile zip, Path file, Manifest manifest) throws IOException {
    Set<String> listed = new TreeSet<>(Set.of(MANIFEST));
    for (Manifest.Entry entry : manifest.getEntriesList()) {
      if (!listed.add(entry.getName())) {
        throw new IOException(file + ": the manifest lists " + entry.getName() + " twice");
      }
    }
    Set<String> found = new TreeSet<>();
    zip.stream().forEach(entry -> found.add(entry.getName()));
    if (!found.equals(listed) || zip.size() != listed.size()) {
      throw new IOException(
          file + " holds the entries " + found + ", but its manifest lists " + listed);
    }
  }

  private static byte[] read(ZipFile zip, Path file, String name, long maximum) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(file + " has no entry " + name);
    }
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw new IOException(file + ": entry " + name + " is compressed, but must be stored");
    }
    if (entry.getSize() > maximum) {
      throw new IOException(
          String.format(
              "%s: entry %s claims %d bytes, but can have %d",
              file, name, entry.getSize(), maximum));
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes((int) entry.getSize());
    } catch (ZipException e) {
      throw new IOException(file + ": entry " + name + " is damaged: " + e.getMessage(), e);
    }
  }
}
