package dev.tessera.vqvae.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that a pattern names, as shells do it: {@code {a,b}} and {@code {000..009}} are
 * alternatives, {@code *}, {@code ?} and {@code [a-z]} match within one name.
 */
final class FilePattern {
  private static final int MAXIMUM_ALTERNATIVES = 100_000;
  private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})\\.\\.([0-9]{1,9})");
  private static final Pattern WILD = Pattern.compile("[*?\\[]");

  private FilePattern() {}

  /**
   * The files, sorted within each alternative; alternatives keep their order.
   *
   * @throws IOException if an alternative names no file
   */
  static List<Path> files(String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String alternative : alternatives(pattern)) {
      List<Path> matching = matching(alternative);
      if (matching.isEmpty()) {
        throw new IOException(
            WILD.matcher(alternative).find()
                ? "no file matches " + alternative
                : "there is no file " + alternative);
      }
      for (Path file : matching) {
        if (!files.contains(file)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  /**
   * The pattern without braces.
   *
   * @throws IllegalArgumentException if there are too many
   */
  static List<String> alternatives(String pattern) {
    Matcher braces = BRACES.matcher(pattern);
    if (!braces.find()) {
      return List.of(pattern);
    }
    String before = pattern.substring(0, braces.start());
    List<String> after = alternatives(pattern.substring(braces.end()));
    List<String> all = new ArrayList<>();
    for (String choice : choices(braces.group(1))) {
      for (String rest : after) {
        all.add(before + choice + rest);
        if (all.size() > MAXIMUM_ALTERNATIVES) {
          throw new IllegalArgumentException(
              String.format(
                  "the pattern %s names more than %,d files", pattern, MAXIMUM_ALTERNATIVES));
        }
      }
    }
    return all;
  }

  private static List<String> choices(String inside) {
    Matcher range = RANGE.matcher(inside);
    if (!range.matches()) {
      return List.of(inside.split(",", -1));
    }
    int width = range.group(1).length();
    int first = Integer.parseInt(range.group(1));
    int last = Integer.parseInt(range.group(2));
    List<String> numbers = new ArrayList<>();
    for (int i = first; i <= last && numbers.size() <= MAXIMUM_ALTERNATIVES; i++) {
      numbers.add(String.format("%0" + width + "d", i));
    }
    return numbers;
  }

  private static List<Path> matching(String pattern) throws IOException {
    Path path = Path.of(pattern);
    Path start = path.isAbsolute() ? path.getRoot() : Path.of("");
    List<Path> found = List.of(start);
    for (Path name : path) {
      List<Path> deeper = new ArrayList<>();
      for (Path folder : found) {
        deeper.addAll(matching(folder, name.toString()));
      }
      found = deeper;
    }
    return found.stream().filter(Files::isRegularFile).toList();
  }

  private static List<Path> matching(Path folder, String name) throws IOException {
    if (!WILD.matcher(name).find()) {
      Path only = folder.resolve(name);
      return Files.exists(only) ? List.of(only) : List.of();
    }
    Path listed = folder.toString().isEmpty() ? Path.of(".") : folder;
    if (!Files.isDirectory(listed)) {
      return List.of();
    }
    TreeSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(listed, name)) {
      entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
    }
    return names.stream().map(folder::resolve).toList();
  }
}
