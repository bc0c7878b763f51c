package dev.tessera.transformer.bundle;

import com.google.protobuf.ByteString;
import dev.tessera.engine.store.Safetensors;
import dev.tessera.engine.store.Sha256;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.proto.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** A bundle taken apart, to be changed and put together again with the archiver of Java. */
final class Forgery {
  final Manifest.Builder manifest;
  final Map<String, byte[]> entries = new LinkedHashMap<>();

  Forgery(byte[] genuine) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(genuine))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    manifest = Manifest.parseFrom(content(EntryName.MANIFEST)).toBuilder();
    entries.remove(EntryName.MANIFEST);
  }

  /** The content of an entry that is there; not a copy. */
  byte[] content(String name) {
    return Objects.requireNonNull(entries.get(name), name);
  }

  /** Replaces an entry's content and what the manifest says of its bytes. */
  void replace(String name, byte[] content) {
    entries.put(name, content);
    described(name).setBytes(content.length).setSha256(ByteString.copyFrom(Sha256.of(content)));
  }

  /** Replaces the tensors of an entry, but not what the manifest says of their shapes. */
  void replace(String name, TensorMap tensors) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try {
      Safetensors.write(tensors, Map.of(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    replace(name, content.toByteArray());
  }

  /** What the manifest says of an entry. */
  Manifest.Entry.Builder described(String name) {
    return manifest.getEntriesBuilderList().stream()
        .filter(entry -> entry.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  byte[] zip() throws IOException {
    return zip(ZipEntry.STORED);
  }

  /** The archive, its entries stored or deflated. */
  byte[] zip(int method) throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put(EntryName.MANIFEST, manifest.build().toByteArray());
    all.putAll(entries);
    return zip(all, method);
  }

  /** Any archive. */
  static byte[] zip(Map<String, byte[]> contents, int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> content : contents.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        entry.setMethod(method);
        CRC32 crc = new CRC32();
        crc.update(content.getValue());
        entry.setSize(content.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
