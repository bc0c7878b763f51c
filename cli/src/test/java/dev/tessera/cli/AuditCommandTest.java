package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.cli.audit.TrainingTrial;
import dev.tessera.cli.config.ConfigFile;
import dev.tessera.engine.graph.Execution;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditCommandTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  private static JsonNode json(Object... more) {
    Object[] arguments = new Object[more.length + 3];
    System.arraycopy(more, 0, arguments, 1, more.length);
    arguments[0] = "audit";
    arguments[more.length + 1] = "--json";
    arguments[more.length + 2] = "--no-trial";
    Call call = Call.of(arguments);
    assertThat(call.exitCode()).as(call.err()).isEqualTo(ExitCode.DONE);
    return JSON.readTree(call.out());
  }

  private static List<String> advice(JsonNode audit) {
    return StreamSupport.stream(audit.get("advice").spliterator(), false)
        .map(JsonNode::asString)
        .toList();
  }

  /** A wide picture that no other looks like. */
  private static void noise(Path file, int width, int height, long seed) throws IOException {
    byte[] pixels = new byte[width * height * 3];
    new Random(seed).nextBytes(pixels);
    Png.write(file, new Rgb(height, width, pixels));
  }

  @Test
  void anAuditTellsWhatIsThereAndNamesBrokenFiles() throws IOException {
    Path pictures = Shapes.draw(folder.resolve("pictures"), true, 1);
    Files.writeString(pictures.resolve("torn.png"), "no picture");
    Path out = folder.resolve("audit");

    Call text = Call.of("audit", pictures, "--size", 16, "--out", out, "--no-trial");

    assertThat(text.exitCode()).as(text.err()).isEqualTo(ExitCode.DONE);
    assertThat(text.out())
        .contains("25, of which 24 can be used", "torn.png", "24 on 24 pictures", "red (8)")
        .contains("languages       English 24", "scripts         latin 24", "look-alikes")
        .contains("0.0 % of the captions lose", "24 different pictures are few");
    assertThat(out.resolve("contact-sheet.png")).exists();

    JsonNode json = json(pictures);
    assertThat(json.get("usable").asInt()).isEqualTo(24);
    assertThat(json.get("rejected").get("first").get(0).get("id").asString()).isEqualTo("torn.png");
    assertThat(JSON.readTree(Files.readString(out.resolve("audit.json"))).get("files"))
        .isEqualTo(json.get("files"));
  }

  @Test
  void adviceFollowsFromWhatIsThere() throws IOException {
    for (int i = 0; i < 20; i++) {
      noise(folder.resolve(i + ".png"), 60, 40, i);
      Files.writeString(
          folder.resolve(i + ".txt"), "zebra number " + i + " of 20 " + "x".repeat(i));
    }
    BufferedImage clear = new BufferedImage(60, 40, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(3, 3, 0xFF00FF00);
    for (String name : List.of("a.png", "b.png", "c.png")) {
      ImageIO.write(clear, "png", folder.resolve(name).toFile());
    }
    Files.writeString(folder.resolve("torn.png"), "no picture");
    Files.writeString(folder.resolve("empty.png"), "");

    List<String> advice = advice(json(folder));

    assertThat(advice)
        .anyMatch(line -> line.startsWith("21 different pictures are few"))
        .anyMatch(line -> line.startsWith("2 pictures repeat another pixel by pixel"))
        .anyMatch(line -> line.contains("2 of 25 files are unusable") && line.contains("0.08"))
        .anyMatch(line -> line.contains("23 pictures lose a quarter") && line.contains("48x32"))
        .anyMatch(line -> line.startsWith("3 pictures may be transparent"))
        .anyMatch(line -> line.startsWith("3 pictures have no caption"))
        .anyMatch(line -> line.startsWith("20 pictures have captions of left and right"));
  }

  @Test
  void smallPicturesAreNotToBeEnlarged() throws IOException {
    for (int i = 0; i < 5; i++) {
      noise(folder.resolve(i + ".png"), 22, 22, i);
    }
    assertThat(advice(json(folder)))
        .anyMatch(line -> line.contains("--size 20"))
        .anyMatch(line -> line.startsWith("no picture has a caption"));
    assertThat(advice(json(folder, "--size", "20"))).noneMatch(line -> line.contains("--size"));
  }

  @Test
  void captionsThatAConfigurationCutsAreShownWithWhatIsLeft() throws IOException {
    for (int i = 0; i < 4; i++) {
      noise(folder.resolve(i + ".png"), 32, 32, i);
    }
    String lengthy = "qwertyuiopasdfghjklzxcvbnm";
    Files.writeString(folder.resolve("0.txt"), lengthy);
    for (int i = 1; i < 4; i++) {
      Files.writeString(folder.resolve(i + ".txt"), "a b");
    }

    JsonNode audit = json(folder);

    JsonNode fit = audit.get("captionFit");
    assertThat(fit.get("cut").asDouble()).isCloseTo(0.25, within(1e-9));
    assertThat(fit.get("longest").asInt()).isEqualTo(lengthy.length() + 1);
    assertThat(fit.get("examples").get(0).get("left").asString())
        .isEqualTo(lengthy.substring(0, 15));
    assertThat(advice(audit))
        .anyMatch(
            line -> line.startsWith("25.0 % of the captions") && line.contains("would fit 27"));
    assertThat(Call.of("audit", folder, "--no-trial").out())
        .contains(lengthy + " -> qwertyuiopasdfg");
  }

  @Test
  void aTrialFindsOutHowLongStepsTakeHere() throws IOException {
    Path pictures = Shapes.draw(folder.resolve("pictures"), true, 4);
    RunConfig tiny = ConfigFile.read(Shapes.tinyConfig(folder));
    Audit audit =
        Audit.of(
            PictureSource.parse(pictures.toString()),
            tiny.vqvae().picture(),
            0,
            PrepareListener.NONE);
    long start = System.nanoTime();

    TrainingTrial trial = TrainingTrial.of(audit, tiny, Execution::best, 3, () -> false);

    assertThat(trial.vqvaeSeconds()).isBetween(1e-5, (System.nanoTime() - start) / 1e9);
    assertThat(trial.transformerSeconds()).isBetween(1e-5, (System.nanoTime() - start) / 1e9);
    double passes = 60 * (1 - trial.vqvaeShare()) / trial.transformerSeconds();
    assertThat(trial.transformerPasses(trial.transformerBatch(), 1))
        .isCloseTo(passes, within(1e-6));
    assertThat(trial.minutesFor(passes)).isCloseTo(1, within(1e-9));
  }
}
