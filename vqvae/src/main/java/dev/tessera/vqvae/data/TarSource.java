package dev.tessera.vqvae.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/**
 * WebDataset shards: tar archives in which a picture and its captions are neighbours with the same
 * name up to the first dot, {@code 000.jpg} and {@code 000.txt} or {@code 000.json}. They are read
 * from the first to the last byte and never unpacked; {@code .tar.gz} and {@code .tgz} too.
 *
 * <p>See {@link TarStream} for what counts as what. The id of a picture is the shard's path below
 * the folder that all shards have in common, a slash, and the name in the shard.
 *
 * @param pattern of the shards' paths, see {@link FilePattern}
 */
public record TarSource(String pattern) implements PictureSource {
  static TarSource parse(String pattern) {
    if (pattern.isBlank()) {
      throw new IllegalArgumentException(
          "the source tar: is empty, but must be tar:PATTERN, such as tar:shard-{000..009}.tar");
    }
    FilePattern.alternatives(pattern);
    return new TarSource(pattern);
  }

  @Override
  public String spec() {
    return SourceSpec.escaped("tar:" + pattern);
  }

  @Override
  public byte[] stamp() throws IOException {
    Digest digest = new Digest().text(spec());
    for (Shard shard : shards()) {
      BasicFileAttributes file = Files.readAttributes(shard.file(), BasicFileAttributes.class);
      digest
          .text(shard.id())
          .number(file.size())
          .number(file.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }
    return digest.finish();
  }

  @Override
  public PictureStream open() throws IOException {
    return new TarStream(pattern, shards());
  }

  @Override
  public String notice() throws IOException {
    return "Pictures of the archives "
        + Path.of(pattern).getFileName()
        + "; whoever collected them knows their licences.";
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byId(entries, options);
  }

  /**
   * An archive.
   *
   * @param file where it is
   * @param id what the ids of its pictures begin with, without the slash
   */
  record Shard(Path file, String id) {
    boolean isCompressed() {
      String name = id.toLowerCase(Locale.ROOT);
      return name.endsWith(".gz") || name.endsWith(".tgz");
    }

    TarReader open() throws IOException {
      InputStream file = new BufferedInputStream(Files.newInputStream(file()), 1 << 16);
      try {
        return new TarReader(isCompressed() ? new GZIPInputStream(file, 1 << 16) : file);
      } catch (IOException e) {
        file.close();
        throw e;
      }
    }
  }

  private List<Shard> shards() throws IOException {
    List<Path> files = FilePattern.files(pattern);
    Path common = files.get(0).toAbsolutePath().normalize().getParent();
    while (common != null && !areBelow(files, common)) {
      common = common.getParent();
    }
    List<Shard> shards = new ArrayList<>();
    for (Path file : files) {
      Path absolute = file.toAbsolutePath().normalize();
      List<String> parts = new ArrayList<>();
      (common == null ? absolute : common.relativize(absolute))
          .forEach(part -> parts.add(part.toString()));
      shards.add(new Shard(file, String.join("/", parts)));
    }
    return shards;
  }

  private static boolean areBelow(List<Path> files, Path folder) {
    return files.stream().allMatch(file -> file.toAbsolutePath().normalize().startsWith(folder));
  }
}
