package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pictures in a folder and below it in the order of their ids. Of the folders that are being
 * walked, the names are in memory, and nothing of the others.
 */
final class FolderWalk {
  private static final char SEPARATOR = '/';

  /**
   * A file that counts as a picture.
   *
   * @param path of the file
   * @param id path relative to the folder, with slashes
   * @param captions the text file beside it
   */
  record Found(Path path, String id, @Nullable Path captions) {}

  /** A folder in which the walk is. */
  private static final class Level {
    private final Path folder;
    private final String prefix;
    private final Object identity;
    private final String[] names;
    private int next;

    Level(Path folder, String prefix, Object identity, String[] names) {
      this.folder = folder;
      this.prefix = prefix;
      this.identity = identity;
      this.names = names;
    }
  }

  private final Set<String> extensions;
  private final Deque<Level> levels = new ArrayDeque<>();
  private int others;

  /**
   * @param extensions of pictures, in lower case
   */
  FolderWalk(Path folder, Set<String> extensions) throws IOException {
    this.extensions = extensions;
    levels.push(level(folder, "", attributes(folder)));
  }

  /** The next picture, or null after the last. */
  @Nullable Found next() throws IOException {
    while (!levels.isEmpty()) {
      Level level = levels.element();
      if (level.next == level.names.length) {
        levels.pop();
        continue;
      }
      String name = level.names[level.next++];
      if (name.charAt(name.length() - 1) == SEPARATOR) {
        enter(level, name);
      } else if (extensions.contains(extension(name))) {
        Path path = level.folder.resolve(name);
        return new Found(path, level.prefix + name, captions(level, name));
      } else if (!extension(name).equals("txt")) {
        others++;
      }
    }
    return null;
  }

  /** Files so far that are neither pictures nor captions. */
  int others() {
    return others;
  }

  private void enter(Level above, String name) throws IOException {
    Path folder = above.folder.resolve(name.substring(0, name.length() - 1));
    BasicFileAttributes attributes = attributes(folder);
    Object identity = identity(folder, attributes);
    boolean loop = levels.stream().anyMatch(level -> level.identity.equals(identity));
    if (!loop) {
      levels.push(level(folder, above.prefix + name, attributes));
    }
  }

  private static Level level(Path folder, String prefix, BasicFileAttributes attributes)
      throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (!name.startsWith(".")) {
          // With its slash a folder's name stands where the ids of its pictures do.
          names.add(attributes(entry).isDirectory() ? name + SEPARATOR : name);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw unreadable(folder, e);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    String[] sorted = names.toArray(String[]::new);
    Arrays.sort(sorted);
    return new Level(folder, prefix, identity(folder, attributes), sorted);
  }

  private static IOException unreadable(Path path, Exception e) {
    return new IOException("cannot read " + path + " (" + e.getClass().getSimpleName() + ")", e);
  }

  /** Of what a link leads to; of the link itself if it leads nowhere. */
  private static BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      if (!Files.isSymbolicLink(path)) {
        throw e;
      }
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static Object identity(Path folder, BasicFileAttributes attributes) throws IOException {
    Object key = attributes.fileKey();
    return key != null ? key : folder.toRealPath();
  }

  /** {@code image.txt} beside {@code image.png}, its extension in any case. */
  private static @Nullable Path captions(Level level, String name) {
    String stem = name.substring(0, name.lastIndexOf('.') + 1);
    int at = Arrays.binarySearch(level.names, stem);
    for (int i = at < 0 ? -at - 1 : at; i < level.names.length; i++) {
      String candidate = level.names[i];
      if (!candidate.startsWith(stem)) {
        return null;
      }
      if (candidate.length() == stem.length() + 3 && extension(candidate).equals("txt")) {
        return level.folder.resolve(candidate);
      }
    }
    return null;
  }

  /** What follows the last dot, in lower case; the whole name if there is none. */
  static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
