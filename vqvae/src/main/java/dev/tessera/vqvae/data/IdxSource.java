package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of the MNIST family: PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte in a folder,
 * plain or {@code .gz}, where PREFIX is {@code train} unless another is named. Without labels the
 * pictures have no captions.
 *
 * <p>The caption is the name of the class: line i of {@code classes.txt} in the folder for label i,
 * else the names of Fashion-MNIST if the folder's path says "fashion", else the label itself.
 *
 * @param folder of the files
 * @param prefix of their names
 */
public record IdxSource(Path folder, String prefix) implements PictureSource {
  private static final String TRAIN = "train";

  private static final List<String> FASHION =
      List.of(
          "T-shirt/top",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  /** As many as there are labels of one byte. */
  private static final int MAXIMUM_CLASSES = 256;

  static IdxSource parse(String text) {
    int at = text.lastIndexOf('@');
    String folder = at < 0 ? text : text.substring(0, at);
    String prefix = at < 0 ? TRAIN : text.substring(at + 1);
    if (folder.isBlank() || !prefix.matches("[\\w.-]+")) {
      throw new IllegalArgumentException(
          "the source idx:" + text + " must be idx:FOLDER or idx:FOLDER@PREFIX");
    }
    try {
      return new IdxSource(Path.of(folder), prefix);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the source idx:" + text + " is no valid path", e);
    }
  }

  @Override
  public String spec() {
    boolean plain = prefix.equals(TRAIN) && folder.toString().indexOf('@') < 0;
    return SourceSpec.escaped("idx:" + folder + (plain ? "" : "@" + prefix));
  }

  @Override
  public byte[] stamp() throws IOException {
    Digest digest = new Digest().text(spec());
    stamp(images(), digest);
    stamp(labels(), digest);
    classes().forEach(digest::text);
    return digest.finish();
  }

  private static void stamp(@Nullable Path file, Digest digest) throws IOException {
    if (file != null) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      digest
          .text(String.valueOf(file.getFileName()))
          .number(attributes.size())
          .number(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    }
  }

  @Override
  public PictureStream open() throws IOException {
    return IdxStream.open(prefix, images(), labels(), classes());
  }

  @Override
  public String notice() {
    return "Pictures of "
        + folder.toAbsolutePath().normalize().getFileName()
        + " ("
        + prefix
        + "); whoever collected them knows their licences.";
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byId(entries, options);
  }

  private Path images() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    Path images = file("images", 3);
    if (images == null) {
      throw new IOException(
          String.format(
              "the folder %s has no file %s-images-idx3-ubyte or %s-images-idx3-ubyte.gz",
              folder, prefix, prefix));
    }
    return images;
  }

  private @Nullable Path labels() {
    return file("labels", 1);
  }

  /** Some publish them with a dot before idx. */
  private @Nullable Path file(String what, int dimensions) {
    for (String separator : List.of("-", ".")) {
      for (String extension : List.of("", ".gz")) {
        String name = prefix + "-" + what + separator + "idx" + dimensions + "-ubyte" + extension;
        if (Files.isRegularFile(folder.resolve(name))) {
          return folder.resolve(name);
        }
      }
    }
    return null;
  }

  /** The name of each class; none for the labels themselves. */
  private List<String> classes() throws IOException {
    Path named = folder.resolve("classes.txt");
    if (Files.isRegularFile(named)) {
      List<String> lines =
          CaptionFile.read(named).stream().map(String::strip).limit(MAXIMUM_CLASSES + 1).toList();
      if (lines.size() > MAXIMUM_CLASSES) {
        throw new IOException(named + " has more than " + MAXIMUM_CLASSES + " lines");
      }
      return lines;
    }
    String path = folder.toAbsolutePath().normalize().toString().toLowerCase(Locale.ROOT);
    return path.contains("fashion") ? FASHION : List.of();
  }
}
