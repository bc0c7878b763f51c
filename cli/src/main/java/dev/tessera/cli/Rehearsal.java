package dev.tessera.cli;

import dev.tessera.engine.store.AtomicFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Goes once through what the command does, with a model of no use. {@code scripts/tessera} runs
 * this after a build in a virtual machine that then writes down the classes that it took ({@code
 * -XX:ArchiveClassesAtExit}); the command starts with those in half the time.
 */
public final class Rehearsal {
  private final Path folder;

  private Rehearsal(Path folder) {
    this.folder = folder;
  }

  /** Leaves nothing behind, and prints nothing. */
  public static void main(String[] args) throws IOException {
    Main.prepareProcess();
    Path folder = Files.createTempDirectory("tessera-rehearsal");
    try {
      new Rehearsal(folder).perform();
    } finally {
      AtomicFiles.deleteDirectory(folder);
    }
  }

  private void perform() throws IOException {
    Path config = folder.resolve("tiny.yaml");
    try (InputStream tiny = Rehearsal.class.getResourceAsStream("rehearsal.yaml")) {
      Files.write(config, Objects.requireNonNull(tiny).readAllBytes());
    }
    Path run = folder.resolve("run");
    Path model = run.resolve("best.tessera");
    Path picture = folder.resolve("picture.png");

    expect(ExitCode.DONE, "--help");
    expect(ExitCode.DONE, "sample", "--help");
    expect(ExitCode.WRONG_USAGE, "sample", "--modle", model);
    expect(
        ExitCode.DONE,
        "train",
        "emoji:noto@4",
        "--config",
        config,
        "--steps",
        "1,1",
        "--cache",
        folder.resolve("cache"),
        "--out",
        run);
    expect(ExitCode.DONE, "sample", "--model", model, "--prompt", "ghost", "--out", picture);
    expect(ExitCode.DONE, "sample", "--model", model, "-n", 2, "--out", folder.resolve("two.png"));
    expect(ExitCode.DONE, "sample", "--model", model, "--out", folder.resolve("single") + "/");
    expect(ExitCode.DONE, "caption", "--model", model, picture, "--json");
    expect(
        ExitCode.DONE,
        "reconstruct",
        "--model",
        model,
        picture,
        "--out",
        folder.resolve("reconstructed.png"));
    expect(ExitCode.DONE, "inspect", model);
  }

  private static void expect(int expected, Object... arguments) {
    String[] args = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code =
        Main.run(
            args,
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8));
    if (code != expected) {
      throw new IllegalStateException(
          String.join(" ", args)
              + " ended with "
              + code
              + ": "
              + errors.toString(StandardCharsets.UTF_8));
    }
  }
}
