package dev.tessera.transformer.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the files of a run are.
 *
 * <pre>
 * config.yaml                 configuration as used
 * log.jsonl                   one line for each report
 * report.html                 the run at a glance, for a browser
 * events/STAGE/               curves and pictures, for TensorBoard
 * quarantine.tsv              pictures that could not be used, and why
 * tokenizer.pb                the vocabulary
 * tokens/tokens-NNNNN.tok     pictures and captions as tokens, for stage 2
 * vqvae.tessera               stage 1, once it is trained
 * checkpoints/STAGE/STEP/     to go on from
 * held-out/ID.png, ID.txt     some pictures that training does not see, with their captions
 * samples/STAGE-STEP.png      what the model could do by then
 * best.tessera, last.tessera  the model: best on held-out data, and after the last step
 * finished.txt                the budget under which the run came to its end, once it has
 * </pre>
 *
 * @param path of the folder
 */
public record RunFolder(Path path) {
  /** The configuration as used. */
  public Path config() {
    return path.resolve("config.yaml");
  }

  /** One JSON object for each report. */
  public Path log() {
    return path.resolve("log.jsonl");
  }

  /** The run at a glance. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** What TensorBoard reads. */
  public Path events() {
    return path.resolve("events");
  }

  /** Pictures that could not be used. */
  public Path quarantine() {
    return path.resolve("quarantine.tsv");
  }

  /** The vocabulary. */
  public Path tokenizer() {
    return path.resolve("tokenizer.pb");
  }

  /** Pictures and captions as tokens. */
  public Path tokens() {
    return path.resolve("tokens");
  }

  /** Stage 1, once it is trained. */
  public Path vqvae() {
    return path.resolve("vqvae.tessera");
  }

  /** The model that did best on held-out data. */
  public Path best() {
    return path.resolve("best.tessera");
  }

  /** The model after the last step. */
  public Path last() {
    return path.resolve("last.tessera");
  }

  /** The budget under which the run came to its end. */
  public Path finished() {
    return path.resolve("finished.txt");
  }

  /** Checkpoints of a stage. */
  public Path checkpoints(String stage) {
    return path.resolve("checkpoints").resolve(stage);
  }

  /** The picture that shows a stage after some steps. */
  public Path sample(String stage, long step) {
    return path.resolve("samples").resolve(String.format(Locale.ROOT, "%s-%08d.png", stage, step));
  }

  /** Some pictures that training does not see. */
  public Path heldOut() {
    return path.resolve("held-out");
  }

  /** Whether a run was begun here. */
  public boolean isUsed() {
    return Files.exists(config()) || Files.exists(path.resolve("checkpoints"));
  }

  /** Makes the folder. */
  public void create() throws IOException {
    Files.createDirectories(path);
  }
}
