package dev.tessera.vqvae.data;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The list of what could not be used: a file of lines {@code id, tab, reason}. */
final class Quarantine implements Closeable {
  /** Entries that are kept in memory too. */
  static final int KEPT = 100;

  private final BufferedWriter out;
  private final List<Rejected> first = new ArrayList<>();
  private int count;

  Quarantine(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
  }

  void add(String id, String reason) throws IOException {
    count++;
    if (first.size() < KEPT) {
      first.add(new Rejected(id, reason));
    }
    out.write(cell(id) + "\t" + cell(reason) + "\n");
  }

  int count() {
    return count;
  }

  /** The first {@value #KEPT}. */
  List<Rejected> first() {
    return List.copyOf(first);
  }

  /** Brings the list into the file as far as it goes. */
  void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static String cell(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\r", "\\r")
        .replace("\n", "\\n");
  }
}
