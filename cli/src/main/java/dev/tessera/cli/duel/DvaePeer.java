package dev.tessera.cli.duel;

import dev.tessera.vqvae.measure.Fidelity;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The other side, a program that is called with SIDE TRAINING HELD_OUT OUTPUT and settings
 * NAME=VALUE: it trains on the pictures of one file, writes its reconstructions of those of
 * another, and prints a line {@code parameters=N steps=N pictures=N seconds=X}.
 *
 * @param command for the shell
 * @param folder of the files
 */
public record DvaePeer(String command, Path folder) {
  static final String TRAINING = "training.rgb";
  static final String HELD_OUT = "held-out.rgb";

  private static final long POLL_MILLISECONDS = 200;

  private static final Pattern DONE =
      Pattern.compile("parameters=(\\d+) steps=\\d+ pictures=(\\d+) seconds=([\\d.]+)");

  /** Its ways of training. */
  public enum Variant {
    /** As published: no divergence. */
    DEFAULT("default"),
    /** With the divergence as published, a sum over the batch. */
    KL("kl"),
    /** With the divergence per picture. */
    KL_REPAIRED("kl-repaired");

    private final String word;

    Variant(String word) {
      this.word = word;
    }

    static Variant named(String word) {
      return Arrays.stream(values())
          .filter(variant -> variant.word.equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the variant is \"" + word + "\", but must be one of " + List.of(values())));
    }

    /** The setting of the peer. */
    private List<String> settings(double weight) {
      return switch (this) {
        case DEFAULT -> List.of("kl=0");
        case KL -> List.of("kl=" + weight, "repaired=0");
        case KL_REPAIRED -> List.of("kl=" + weight, "repaired=1");
      };
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /**
   * Trains and measures.
   *
   * @param originals of the held-out file
   * @param klWeight of the variants with a divergence
   * @param checkpoint runs now and then while the peer works; may throw to give up
   */
  Contender train(
      Variant variant,
      double klWeight,
      double seconds,
      long seed,
      PictureConfig shape,
      List<Rgb> originals,
      Runnable checkpoint)
      throws IOException {
    Path output = folder.resolve("reconstructed.rgb");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                String.valueOf(shape.width()),
                folder.resolve(TRAINING).toString(),
                folder.resolve(HELD_OUT).toString(),
                output.toString(),
                "seconds=" + seconds,
                "seed=" + seed));
    arguments.addAll(variant.settings(klWeight));
    Matcher done = DONE.matcher(run(arguments, checkpoint));
    if (!done.find()) {
      throw new IOException("the peer ended without telling what it did");
    }
    List<Rgb> reconstructions = RawPictures.read(output, shape, originals.size());
    Fidelity.Tally tally = new Fidelity.Tally(1);
    for (int i = 0; i < originals.size(); i++) {
      tally.add(originals.get(i), reconstructions.get(i), new int[] {0});
    }
    return new Contender(
        "DALLE-pytorch, " + variant,
        Long.parseLong(done.group(1)),
        Long.parseLong(done.group(2)),
        Double.parseDouble(done.group(3)),
        tally.result());
  }

  /** Runs the program; returns what it printed. */
  private String run(List<String> arguments, Runnable checkpoint) throws IOException {
    List<String> line = new ArrayList<>(List.of("sh", "-c", command + " \"$@\"", "peer"));
    line.addAll(arguments);
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader printed =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      while (!process.waitFor(POLL_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        checkpoint.run();
      }
      StringBuilder text = new StringBuilder();
      printed.lines().forEach(one -> text.append(one).append('\n'));
      if (process.exitValue() != 0) {
        throw new IOException("the peer ended with exit code " + process.exitValue());
      }
      return text.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the peer", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }
}
