package dev.tessera.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.cli.history.Curve;
import dev.tessera.cli.history.RunHistory;
import dev.tessera.cli.history.StageHistory;
import dev.tessera.cli.progress.RunLog;
import dev.tessera.engine.train.StepReport;
import dev.tessera.transformer.pipeline.RunFolder;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PrepareListener;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunReportTest {
  private static final Pattern PICTURE =
      Pattern.compile("<img alt=\"([^\"]*)\" src=\"data:image/png;base64,([^\"]*)\">");

  private static final RunReport.Facts FACTS =
      new RunReport.Facts(
          "some <pictures>",
          7,
          "60.0 seconds",
          "vqvae:\n  width: 64\n",
          Map.of("vqvae", 32, "transformer", 16),
          1000);

  @TempDir private Path temporary;
  private RunFolder folder;
  private final AtomicLong clock = new AtomicLong();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = new RunFolder(temporary.resolve("a & b"));
    folder.create();
  }

  private PreparedPictures pictures() throws IOException {
    Path source = Files.createDirectories(temporary.resolve("source"));
    for (int i = 0; i < 3; i++) {
      byte[] pixels = Rgb.solid(8, 8, 0xFFFFFF).pixels();
      pixels[i] = 0;
      Png.write(source.resolve(i + ".png"), new Rgb(8, 8, pixels));
    }
    return PreparedPictures.prepare(
        PictureSource.parse(source.toString()),
        PictureConfig.square(8),
        temporary.resolve("cache"),
        PrepareOptions.DEFAULT,
        PrepareListener.NONE);
  }

  private static StepReport report(String stage, long step) {
    return new StepReport(
        stage, step, 200, step / 200.0, step * 0.5, 1.0 / step, 1e-3, 2, Map.of("usage", 0.5));
  }

  private void train(RunLog log, RunReport report, String stage, long from, long to)
      throws IOException {
    log.stageStarted(stage, from);
    report.stageStarted(stage, from);
    for (long step = from + 1; step <= to; step++) {
      log.step(report(stage, step));
      report.step(report(stage, step));
    }
    Map<String, Double> measures = Map.of("heldOutPsnr", 20 + to / 100.0, "usage", 0.9);
    log.evaluated(report(stage, to), measures);
    Path shown = folder.sample(stage, to);
    Png.write(shown, Rgb.solid(8, 8, (int) to));
    log.showed(stage, to, shown);
    report.evaluated(report(stage, to), measures);
  }

  private String page() throws IOException {
    return Files.readString(folder.report());
  }

  private List<String> descriptions() throws IOException {
    return PICTURE.matcher(page()).results().map(match -> match.group(1)).toList();
  }

  @Test
  void aFinishedRunIsToldInOneFileWithoutAnythingFromElsewhere() throws IOException {
    try (RunLog log = new RunLog(folder.log());
        RunReport report = new RunReport(folder, FACTS, clock::get)) {
      log.prepared(pictures());
      report.prepared(pictures());
      train(log, report, "vqvae", 0, 200);
      report.finished();
    }
    assertThat(page())
        .contains("<h1>a &amp; b", "finished", "some &lt;pictures&gt;", "200 of 200")
        .contains("64 pictures/s", "22.00 dB", "90 % of 1,000", "60.0 seconds", "width: 64")
        .contains("Licence and attribution", "prefers-color-scheme: dark", "width=device-width")
        .doesNotContain("http://", "https://", "<script", "http-equiv=\"refresh\"");
    assertThat(descriptions())
        .contains(
            "after step 200",
            "Training loss over steps",
            "Reconstruction: PSNR in dB over steps",
            "Codebook: codes used, % over steps");
  }

  @Test
  void aSessionThatHasNothingToDoLeavesThePageAsItIs() throws IOException {
    Files.writeString(folder.report(), "as it was");
    try (RunReport report = new RunReport(folder, FACTS, clock::get)) {
      report.prepared(pictures());
      report.finishedBefore();
    }
    assertThat(page()).isEqualTo("as it was");
  }

  @Test
  void curvesAreDrawnOnATransparentGround() throws IOException {
    Curve curve =
        new Curve(
            "", List.of(new Curve.Point(0, 1), new Curve.Point(50, 3), new Curve.Point(99, 2)));
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(CurvePicture.png(List.of(curve, curve("other")))));
    assertThat(image.getWidth()).isEqualTo(2 * CurvePicture.WIDTH);
    assertThat(image.getRGB(0, 0) >>> 24).isZero();
    int[] colours =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    assertThat(Arrays.stream(colours).filter(colour -> colour == 0xFF1F6FB5).count())
        .isGreaterThan(500);
    assertThat(Arrays.stream(colours).filter(colour -> colour == 0xFFC8591A).count())
        .isGreaterThan(500);
  }

  private static Curve curve(String name) {
    return new Curve(name, List.of(new Curve.Point(0, 3), new Curve.Point(99, 0)));
  }

  @Test
  void thePageIsWrittenAsTheRunGoesButNotAtEveryStep() throws IOException {
    PreparedPictures pictures = pictures();
    try (RunLog log = new RunLog(folder.log());
        RunReport report = new RunReport(folder, FACTS, clock::get)) {
      log.prepared(pictures);
      report.prepared(pictures);
      assertThat(folder.report()).doesNotExist();
      log.stageStarted("vqvae", 0);
      report.stageStarted("vqvae", 0);
      assertThat(page()).contains("running", "http-equiv=\"refresh\"");
      log.step(report("vqvae", 1));
      report.step(report("vqvae", 1));
      assertThat(page()).doesNotContain("1 of 200");
      clock.addAndGet(5_000_000_000L);
      report.step(report("vqvae", 1));
      assertThat(page()).contains("1 of 200", "running");
    }
    assertThat(page()).contains("stopped before its end").doesNotContain("refresh");
  }

  @Test
  void aRunThatGoesOnShowsWhatEarlierSessionsDidAndNothingTwice() throws IOException {
    try (RunLog log = new RunLog(folder.log());
        RunReport report = new RunReport(folder, FACTS, clock::get)) {
      train(log, report, "vqvae", 0, 100);
    }
    Files.writeString(
        folder.log(), Files.readString(folder.log()) + "{\"event\":\"step\",\"stage\":\"vq");
    try (RunLog log = new RunLog(folder.log());
        RunReport report = new RunReport(folder, FACTS, clock::get)) {
      report.prepared(pictures());
      train(log, report, "vqvae", 90, 120);
    }
    assertThat(page()).contains("120 of 200");
    assertThat(descriptions()).contains("after step 120").doesNotContain("after step 100");
    StageHistory stage = new StageHistory();
    stage.addPicture(7, folder.sample("vqvae", 7));
    stage.addPicture(7, folder.sample("vqvae", 7));
    assertThat(stage.pictures()).hasSize(1);
    RunHistory history = new RunHistory(folder.log());
    history.readOn();
    assertThat(Objects.requireNonNull(history.stages().get("vqvae")).steps().get("loss"))
        .extracting(Curve.Point::step)
        .containsExactly(1L, 10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L, 100L, 110L, 120L);
  }

  @Test
  void aPageOfALongRunStaysSmall() throws IOException {
    try (RunLog log = new RunLog(folder.log());
        RunReport report = new RunReport(folder, FACTS, clock::get)) {
      report.prepared(pictures());
      for (int i = 0; i < 40; i++) {
        train(log, report, "transformer", i * 50L, (i + 1) * 50L);
      }
    }
    List<String> pictures =
        descriptions().stream().filter(name -> name.startsWith("after step")).toList();
    assertThat(pictures).hasSize(6).startsWith("after step 2,000").endsWith("after step 50");
    byte[] first =
        Base64.getDecoder()
            .decode(PICTURE.matcher(page()).results().findFirst().orElseThrow().group(2));
    assertThat(first).isEqualTo(Files.readAllBytes(folder.sample("transformer", 2000)));
  }

  @Test
  void curvesOfManyPointsAreDrawnThroughMeans() {
    List<Curve.Point> points = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      points.add(new Curve.Point(i, i % 2));
    }
    Curve thinned = new Curve("", points).thinned(100);
    assertThat(thinned.points()).hasSize(100).allMatch(point -> point.value() == 0.5);
    assertThat(thinned.points().get(99).step()).isEqualTo(999);
  }
}
