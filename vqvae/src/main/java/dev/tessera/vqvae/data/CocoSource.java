package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A COCO annotation file: {@code images} with {@code id} and {@code file_name}, {@code annotations}
 * with {@code image_id} and {@code caption}. All captions of a picture are its alternatives; a
 * picture without any trains without text. The id of a picture is its {@code file_name}.
 *
 * <p>Unless the folder of the pictures is named, it is the first of these in which the first
 * picture is: the file's own folder, {@code images} and NAME in it, {@code NAME}, {@code
 * images/NAME} and {@code images} beside that folder, where NAME is the file's name without {@code
 * captions_} and {@code .json}. So COCO's own layout ({@code annotations/captions_val2017.json}
 * beside {@code val2017/}) needs no folder.
 *
 * @param file the annotations
 * @param folder of the pictures; empty for where they usually are
 */
public record CocoSource(Path file, String folder) implements PictureSource {
  static CocoSource parse(String text) {
    int at = text.lastIndexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "the source coco:" + text + " names no file, but must be coco:FILE.json@FOLDER");
    }
    try {
      Path folder = Path.of(at < 0 ? "" : text.substring(at + 1));
      return new CocoSource(Path.of(name), folder.toString());
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the source coco:" + text + " is no valid path", e);
    }
  }

  @Override
  public String spec() {
    String name = "coco:" + file;
    return SourceSpec.escaped(
        folder.isEmpty() && name.indexOf('@') < 0 ? name : name + "@" + folder);
  }

  @Override
  public byte[] stamp() throws IOException {
    requireFile();
    BasicFileAttributes json = Files.readAttributes(file, BasicFileAttributes.class);
    Digest digest =
        new Digest()
            .text(spec())
            .number(json.size())
            .number(json.lastModifiedTime().to(TimeUnit.NANOSECONDS));
    CocoIndex index = CocoIndex.read(file);
    Path pictures = pictureFolder(index);
    for (int i = 0; i < index.images(); i++) {
      CocoIndex.Location place = CocoIndex.Location.of(pictures, index.fileName(i));
      if (place.isUsable() && Files.isRegularFile(place.path())) {
        BasicFileAttributes picture = Files.readAttributes(place.path(), BasicFileAttributes.class);
        digest.number(picture.size()).number(picture.lastModifiedTime().to(TimeUnit.NANOSECONDS));
      } else {
        digest.number(-1);
      }
    }
    return digest.finish();
  }

  @Override
  public PictureStream open() throws IOException {
    requireFile();
    CocoIndex index = CocoIndex.read(file);
    return new CocoStream(index, pictureFolder(index));
  }

  @Override
  public String notice() {
    return "Pictures and captions of "
        + file.getFileName()
        + "; whoever collected them knows their licences.";
  }

  @Override
  public boolean[] split(List<PictureEntry> entries, PrepareOptions options) {
    return Split.byId(entries, options);
  }

  private void requireFile() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no file " + file);
    }
  }

  private Path pictureFolder(CocoIndex index) throws IOException {
    if (!folder.isEmpty()) {
      Path named = Path.of(folder);
      if (!Files.isDirectory(named)) {
        throw new IOException("there is no folder " + named + " with the pictures of " + file);
      }
      return named;
    }
    String first = index.fileName(0);
    for (Path candidate : candidates()) {
      CocoIndex.Location place = CocoIndex.Location.of(candidate, first);
      if (place.isUsable() && Files.exists(place.path())) {
        return candidate;
      }
    }
    throw new IOException(
        String.format(
            "the first picture of %s, %s, is in no folder beside it; name the folder: coco:%s@FOLDER",
            file, first, file));
  }

  private List<Path> candidates() {
    Path own = file.toAbsolutePath().normalize().getParent();
    String json = String.valueOf(file.getFileName());
    String name = json.replaceFirst("^captions_", "").replaceFirst("(?i)\\.json$", "");
    List<Path> candidates = new ArrayList<>();
    if (own != null) {
      candidates.addAll(List.of(own, own.resolve("images"), own.resolve(name)));
      Path above = own.getParent();
      if (above != null) {
        Path images = above.resolve("images");
        candidates.addAll(List.of(above.resolve(name), images.resolve(name), images));
      }
    }
    return candidates;
  }
}
