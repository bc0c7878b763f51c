package dev.tessera.vqvae.data;

import dev.tessera.vqvae.picture.DecodedPicture;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.PictureDecoder;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * @param spec the folder as the user wrote it
 */
public record FolderSource(Path folder, String spec) implements PictureSource {
  /** Extensions of files that are taken for pictures. */
  public static final Set<String> EXTENSIONS =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp");

  static FolderSource parse(String spec) {
    try {
      return new FolderSource(Path.of(spec), spec);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the source " + spec + " is no valid path", e);
    }
  }

  @Override
  public byte[] stamp() throws IOException {
    Digest digest = new Digest();
    for (FolderPicture picture : list()) {
      digest.text(picture.id()).number(picture.file().bytes()).number(picture.file().modified());
      FoundFile text = picture.captionFile();
      digest.number(text == null ? -1 : text.bytes());
      digest.number(text == null ? -1 : text.modified());
    }
    return digest.finish();
  }

  @Override
  public List<SourcePicture> pictures() throws IOException {
    return List.copyOf(list());
  }

  @Override
  public String notice() {
    return "Pictures of the folder "
        + folder.toAbsolutePath().normalize().getFileName()
        + "; whoever collected them knows their licences.";
  }

  @Override
  public boolean keepsBlank() {
    return true;
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byId(entries, options);
  }

  private List<FolderPicture> list() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          Files.exists(folder)
              ? "the source " + spec + " is a file, but must be a folder"
              : "there is no folder " + spec);
    }
    Walk walk = new Walk(folder);
    Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, walk);
    if (walk.pictures.isEmpty()) {
      throw new IOException(
          String.format(
              "the folder %s has no pictures (%s), only %d other files",
              spec, String.join(", ", EXTENSIONS.stream().sorted().toList()), walk.others));
    }
    List<FolderPicture> found = new ArrayList<>(walk.pictures.size());
    for (FoundFile file : walk.pictures) {
      String id = file.id(folder);
      found.add(new FolderPicture(file, id, walk.captions.get(file.stem())));
    }
    found.sort(Comparator.comparing(FolderPicture::id));
    return found;
  }

  /** A file with what a stamp needs to know of it. */
  private record FoundFile(Path path, long bytes, long modified) {
    static FoundFile of(Path path, BasicFileAttributes attributes) {
      long modified = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
      return new FoundFile(path, attributes.size(), modified);
    }

    String id(Path folder) {
      List<String> parts = new ArrayList<>();
      folder.relativize(path).forEach(part -> parts.add(part.toString()));
      return String.join("/", parts);
    }

    /** The path without its extension. */
    String stem() {
      String name = path.toString();
      return name.substring(0, name.lastIndexOf('.'));
    }
  }

  private record FolderPicture(FoundFile file, String id, @Nullable FoundFile captionFile)
      implements SourcePicture {
    @Override
    public String concept() {
      return "";
    }

    @Override
    public String style() {
      return "";
    }

    @Override
    public List<String> captions() throws IOException {
      return captionFile == null ? List.of() : CaptionFile.read(captionFile.path());
    }

    @Override
    public DecodedPicture decode(PictureConfig target) throws IOException {
      return PictureDecoder.decode(file.path(), target);
    }
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<FoundFile> pictures = new ArrayList<>();
    private final Map<String, FoundFile> captions = new HashMap<>();
    private int others;

    Walk(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
      return !path.equals(root) && isHidden(path)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
      if (isHidden(path)) {
        return FileVisitResult.CONTINUE;
      }
      String extension = extension(path);
      if (EXTENSIONS.contains(extension)) {
        pictures.add(FoundFile.of(path, attributes));
      } else if (extension.equals("txt")) {
        FoundFile text = FoundFile.of(path, attributes);
        captions.put(text.stem(), text);
      } else {
        others++;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
      if (e instanceof FileSystemLoopException || isHidden(path)) {
        return FileVisitResult.CONTINUE;
      }
      throw new IOException("cannot read " + path + " (" + e.getClass().getSimpleName() + ")", e);
    }

    private static boolean isHidden(Path path) {
      return String.valueOf(path.getFileName()).startsWith(".");
    }

    private static String extension(Path path) {
      String name = String.valueOf(path.getFileName());
      return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
  }
}
