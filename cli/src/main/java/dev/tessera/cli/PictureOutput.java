package dev.tessera.cli;

import dev.tessera.vqvae.picture.PictureGrid;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where pictures go: a PNG file, which for several pictures is a captioned grid, or a folder of
 * single files.
 */
final class PictureOutput {
  private static final int ENLARGED_SIDE = 96;

  private final Path path;
  private final boolean file;

  private PictureOutput(Path path, boolean file) {
    this.path = path;
    this.file = file;
  }

  /**
   * What a path means: a file if it ends in .png, a folder if it is one, ends in a slash or has no
   * extension.
   *
   * @throws UsageException if it is neither
   */
  static PictureOutput of(String out) {
    Path path = Path.of(out);
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    boolean folder = Files.isDirectory(path) || out.endsWith("/") || !name.contains(".");
    if (!folder && !name.endsWith(".png")) {
      throw new UsageException("--out is " + out + ", but must end in .png or be a folder");
    }
    if (folder && Files.isRegularFile(path)) {
      throw new UsageException("--out is " + out + ", which is a file, not a folder");
    }
    return new PictureOutput(path, !folder);
  }

  /** Whether all pictures go into one file. */
  boolean isFile() {
    return file;
  }

  /** The place as it was given. */
  Path path() {
    return path;
  }

  /** Writes a single picture as it is, or several as a grid, into the file. */
  void writeFile(List<Rgb> pictures, List<String> captions, int columns) throws IOException {
    if (pictures.size() == 1) {
      Png.write(path, pictures.get(0));
      return;
    }
    int zoom = Math.max(1, (ENLARGED_SIDE - 1) / pictures.get(0).width() + 1);
    boolean named = captions.stream().anyMatch(caption -> !caption.isEmpty());
    PictureGrid grid =
        named ? PictureGrid.captioned(columns, zoom) : PictureGrid.plain(columns, zoom);
    Png.write(path, grid.draw(pictures, named ? captions : List.of()));
  }

  /** Writes one file into the folder. */
  Path writeInFolder(String name, Rgb picture) throws IOException {
    Path target = path.resolve(name);
    Png.write(target, picture);
    return target;
  }
}
