package dev.tessera.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  @TempDir private Path folder;

  private Path only() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList().get(0);
    }
  }

  /** How every file begins that TensorFlow itself writes. */
  @Test
  void aFileBeginsAsThoseOfTensorFlow() throws IOException {
    EventFile.create(folder, 1.7e9).close();
    byte[] file = Files.readAllBytes(only());
    assertThat(HexFormat.of().formatHex(file, 0, 12)).isEqualTo("1800000000000000a37f4b22");
    assertThat(new String(file, 21, 15, StandardCharsets.ISO_8859_1))
        .isEqualTo("\u001A\rbrain.Event:2");
    assertThat(only().getFileName()).hasToString("events.out.tfevents.1700000000.tessera");
  }

  @Test
  void anotherReaderFindsWhatWasWritten() throws IOException {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("vqvae/loss", 0.25);
    values.put("größe", -1e-3);
    byte[] png = {1, 2, 3};
    try (EventFile file = EventFile.create(folder, 5.5)) {
      file.start(6, 1);
      file.scalars(7, 300, values);
      file.picture(8, 5_000_000_000L, "vqvae/shown", 20, 30, png);
    }

    List<EventReader> events = EventReader.read(only());

    assertThat(events).hasSize(4);
    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events.get(0).wallTime()).isEqualTo(5.5);
    assertThat(events.get(1).starts()).isTrue();
    assertThat(events.get(1).step()).isEqualTo(1);
    assertThat(events.get(2).scalars())
        .containsExactly(Map.entry("vqvae/loss", 0.25f), Map.entry("größe", -1e-3f));
    assertThat(events.get(2).step()).isEqualTo(300);
    assertThat(events.get(3).step()).isEqualTo(5_000_000_000L);
    assertThat(events.get(3).pictures().get("vqvae/shown")).isEqualTo(png);
  }

  @Test
  void everyEventIsOnTheDiskAtOnce() throws IOException {
    try (EventFile file = EventFile.create(folder, 1)) {
      file.scalars(2, 3, Map.of("loss", 4.0));
      assertThat(EventReader.read(only())).hasSize(2);
    }
  }

  @Test
  void filesOfOneSecondAreSeveral() throws IOException {
    EventFile.create(folder, 1).close();
    EventFile.create(folder, 1.9).close();
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void theReaderOfTheseTestsKnowsThePublishedChecksums() {
    assertThat(EventReader.crc("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(0xE3069283);
    byte[] zeros = new byte[32];
    assertThat(EventReader.crc(zeros)).isEqualTo(0x8A9136AA);
    byte[] ones = zeros.clone();
    Arrays.fill(ones, (byte) 0xFF);
    assertThat(EventReader.crc(ones)).isEqualTo(0x62A8AB43);
  }
}
