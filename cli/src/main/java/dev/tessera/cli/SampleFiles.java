package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.engine.store.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes sampled pictures: one grid, or single files and a {@code samples.jsonl} about them. */
final class SampleFiles {
  static final int MAXIMUM_COLUMNS = 8;

  private final Session session;
  private final PictureOutput output;

  SampleFiles(Session session, PictureOutput output) {
    this.session = session;
    this.output = output;
  }

  /** The columns of a grid that is about as high as wide. */
  static int columns(int pictures) {
    return Math.min(MAXIMUM_COLUMNS, (int) Math.ceil(Math.sqrt(pictures)));
  }

  /**
   * Writes pictures and prints where.
   *
   * @param seed that they were made with
   * @param columns of the grid
   */
  void write(List<Tessera.Sample> samples, long seed, int columns) throws IOException {
    if (output.isFile()) {
      output.writeFile(
          samples.stream().map(Tessera.Sample::picture).toList(),
          samples.stream().map(Tessera.Sample::prompt).toList(),
          columns);
      session.out().println(output.path());
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < samples.size(); i++) {
      Tessera.Sample sample = samples.get(i);
      String name = String.format("%05d.png", i);
      session.out().println(output.writeInFolder(name, sample.picture()));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("prompt", sample.prompt());
      line.put("seed", seed);
      line.put("index", sample.number());
      line.put("score", Double.isNaN(sample.score()) ? sample.logLikelihood() : sample.score());
      line.put("logLikelihood", sample.logLikelihood());
      line.put("file", name);
      lines.append(new JsonMapper().writeValueAsString(line)).append('\n');
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(output.path().resolve("samples.jsonl"), file -> file.write(bytes));
  }
}
