package dev.tessera.cli.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.train.StepReport;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunEventsTest {
  @TempDir private Path folder;

  private static StepReport report(long step) {
    double loss = 1.0 / step;
    return new StepReport(
        "vqvae", step, 100, step / 100.0, 2.0 * step, loss, 1e-3, 2, Map.of("usage", 0.5));
  }

  private List<List<EventReader>> sessions() throws IOException {
    List<Path> files;
    try (var all = Files.list(folder.resolve("events/vqvae"))) {
      files = all.sorted().toList();
    }
    List<List<EventReader>> sessions = new ArrayList<>();
    for (Path file : files) {
      sessions.add(EventReader.read(file));
    }
    return sessions;
  }

  private void train(long before, int to) throws IOException {
    try (RunEvents events = new RunEvents(folder.resolve("events"))) {
      events.stageStarted("vqvae", before);
      for (long step = before + 1; step <= to; step++) {
        events.step(report(step));
      }
      events.evaluated(report(to), Map.of("heldOutPsnr", 23.5));
      Path shown = folder.resolve("shown.png");
      Png.write(shown, Rgb.solid(8, 12, 0xFF0000));
      events.showed("vqvae", to, shown);
    }
  }

  @Test
  void curvesHaveAPointForTheFirstAndEveryTenthStep() throws IOException {
    train(0, 25);

    List<EventReader> events = sessions().get(0);

    List<EventReader> points =
        events.stream().filter(event -> event.scalars().containsKey("vqvae/loss")).toList();
    assertThat(points).extracting(EventReader::step).containsExactly(1L, 10L, 20L);
    assertThat(points.get(0).scalars()).doesNotContainKey("vqvae/secondsPerStep");
    assertThat(points.get(1).scalars())
        .containsEntry("vqvae/secondsPerStep", 2f)
        .containsEntry("vqvae/training/usage", 0.5f)
        .containsEntry("vqvae/learningRate", 1e-3f)
        .containsEntry("vqvae/gradientNorm", 2f);
    double mean = 0;
    for (int step = 2; step <= 10; step++) {
      mean += 1.0 / step / 9;
    }
    assertThat(points.get(1).scalars().get("vqvae/loss")).isCloseTo((float) mean, within(1e-6f));
  }

  @Test
  void measuresAndPicturesHaveTheirStep() throws IOException {
    train(0, 25);

    List<EventReader> events = sessions().get(0);

    assertThat(events)
        .filteredOn(event -> event.scalars().containsKey("vqvae/heldOutPsnr"))
        .extracting(EventReader::step)
        .containsExactly(25L);
    assertThat(events)
        .filteredOn(event -> event.pictures().containsKey("vqvae/shown"))
        .extracting(EventReader::step)
        .containsExactly(25L);
    assertThat(events.get(events.size() - 1).pictures().get("vqvae/shown"))
        .isEqualTo(Files.readAllBytes(folder.resolve("shown.png")));
  }

  @Test
  void aSessionThatGoesOnWritesAnotherFileAndTakesBackWhatItRepeats() throws IOException {
    train(0, 25);
    train(20, 40);

    List<List<EventReader>> sessions = sessions();

    assertThat(sessions).hasSize(2);
    assertThat(sessions.get(1).get(1).starts()).isTrue();
    assertThat(sessions.get(1).get(1).step()).isEqualTo(21);
    assertThat(sessions.get(1))
        .filteredOn(event -> event.scalars().containsKey("vqvae/loss"))
        .extracting(EventReader::step)
        .containsExactly(30L, 40L);
  }
}
