package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pictures in a folder and the folders below it.
 *
 * <p>Files count as pictures by their extension, in any case; their content decides on the format.
 * {@code image.txt} beside {@code image.png} holds captions, see {@link CaptionFile}. Hidden files
 * and folders are skipped, symbolic links followed, loops of them left.
 *
 * @param folder where the pictures are
 */
public record FolderSource(Path folder) implements PictureSource {
  /** Extensions of files that are taken for pictures. */
  public static final Set<String> EXTENSIONS =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp");

  static FolderSource parse(String spec) {
    try {
      return new FolderSource(Path.of(spec));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the source " + spec + " is no valid path", e);
    }
  }

  @Override
  public String spec() {
    return SourceSpec.ofFolder(folder.toString());
  }

  @Override
  public byte[] stamp() throws IOException {
    Digest digest = new Digest().text(spec());
    FolderWalk walk = walk();
    for (FolderWalk.Found found = walk.next(); found != null; found = walk.next()) {
      digest.text(found.id());
      stamp(found.path(), digest);
      stamp(found.captions(), digest);
    }
    return digest.finish();
  }

  private static void stamp(@Nullable Path file, Digest digest) throws IOException {
    if (file == null || !Files.exists(file)) {
      digest.number(-1).number(-1);
      return;
    }
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    digest.number(attributes.size()).number(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  @Override
  public PictureStream open() throws IOException {
    FolderWalk counting = walk();
    int count = 0;
    while (counting.next() != null) {
      count++;
    }
    if (count == 0) {
      throw new IOException(
          String.format(
              "the folder %s has no pictures (%s), only %d other files",
              folder, String.join(", ", EXTENSIONS.stream().sorted().toList()), counting.others()));
    }
    return new Stream(walk(), count);
  }

  private FolderWalk walk() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          Files.exists(folder)
              ? "the source " + folder + " is a file, but must be a folder"
              : "there is no folder " + folder);
    }
    return new FolderWalk(folder, EXTENSIONS);
  }

  @Override
  public String notice() {
    return "Pictures of the folder "
        + folder.toAbsolutePath().normalize().getFileName()
        + "; whoever collected them knows their licences.";
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byId(entries, options);
  }

  private record Stream(FolderWalk walk, int expected) implements PictureStream {
    @Override
    public @Nullable SourcePicture next() throws IOException {
      FolderWalk.Found found = walk.next();
      return found == null ? null : new FolderPicture(found);
    }
  }

  private record FolderPicture(FolderWalk.Found found) implements SourcePicture {
    @Override
    public String id() {
      return found.id();
    }

    @Override
    public List<String> captions() throws IOException {
      Path file = found.captions();
      return file == null ? List.of() : CaptionFile.read(file);
    }

    @Override
    public DecodedPicture decode(PictureConfig target) throws IOException {
      return PictureDecoder.decode(found.path(), target);
    }
  }
}
