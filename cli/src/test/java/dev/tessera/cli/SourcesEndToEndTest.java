package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sources of every kind go through all commands; scripts/sources is the same with real ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SourcesEndToEndTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int TAR_BLOCK = 512;
  private static final int SIDE = 16;
  private static final int TESTS = 12;

  private Path folder;
  private Path shapes;

  @BeforeAll
  void draw(@TempDir Path shared) throws IOException {
    folder = shared;
    shapes = Shapes.draw(folder.resolve("shapes"), true, 11);
    Path mnist = Files.createDirectory(folder.resolve("mnist"));
    idx(mnist, "train", 50);
    idx(mnist, "t10k", TESTS);
    tar(folder.resolve("shapes.tar"));
    coco(folder.resolve("captions.json"));
  }

  private List<Path> pictures() throws IOException {
    try (var files = Files.list(shapes)) {
      return files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
  }

  private static Path caption(Path picture) {
    return Path.of(picture.toString().replace(".png", ".txt"));
  }

  /** Grey pictures of the ten digits' classes, packed as the MNIST family is. */
  private static void idx(Path target, String prefix, int count) throws IOException {
    Random random = new Random(count);
    try (DataOutputStream images = packed(target.resolve(prefix + "-images-idx3-ubyte.gz"));
        DataOutputStream labels = packed(target.resolve(prefix + "-labels-idx1-ubyte.gz"))) {
      for (int number : new int[] {2051, count, SIDE, SIDE}) {
        images.writeInt(number);
      }
      labels.writeInt(2049);
      labels.writeInt(count);
      for (int i = 0; i < count; i++) {
        byte[] pixels = new byte[SIDE * SIDE];
        random.nextBytes(pixels);
        images.write(pixels);
        labels.write(i % 10);
      }
    }
  }

  private static DataOutputStream packed(Path file) throws IOException {
    return new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)));
  }

  private void tar(Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      for (Path picture : pictures()) {
        entry(out, picture);
        entry(out, caption(picture));
      }
      out.write(new byte[2 * TAR_BLOCK]);
    }
  }

  private static void entry(OutputStream out, Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    byte[] header = new byte[TAR_BLOCK];
    put(header, 0, String.valueOf(file.getFileName()));
    put(header, 100, "0000644\0");
    put(header, 124, String.format("%011o", content.length));
    put(header, 148, "        ");
    header[156] = '0';
    put(header, 257, "ustar\000" + "00");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xFF;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    out.write(header);
    out.write(content);
    out.write(new byte[(TAR_BLOCK - content.length % TAR_BLOCK) % TAR_BLOCK]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private void coco(Path target) throws IOException {
    List<Map<String, Object>> images = new ArrayList<>();
    List<Map<String, Object>> annotations = new ArrayList<>();
    for (Path picture : pictures()) {
      int id = images.size();
      images.add(Map.of("id", id, "file_name", String.valueOf(picture.getFileName())));
      String caption = Files.readString(caption(picture));
      annotations.add(Map.of("id", id, "image_id", id, "caption", caption));
    }
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    JSON.writeValue(json, Map.of("images", images, "annotations", annotations));
    Files.write(target, json.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "idx:DIR/mnist",
        "tar:DIR/shapes.tar",
        "coco:DIR/captions.json@DIR/shapes",
        "idx:DIR/mnist+tar:DIR/shapes.tar*2"
      })
  void aSourceIsAuditedTrainedOnSampledFromAndCaptioned(String form) throws IOException {
    String source = form.replace("DIR", folder.toString());
    Path run = Files.createTempDirectory(folder, "run");

    Call audit = Call.of("audit", source, "--size", SIDE, "--no-trial", "--json");
    assertThat(audit.exitCode()).as(audit.err()).isZero();
    JsonNode facts = JSON.readTree(audit.out());
    assertThat(facts.get("usable").asInt()).isGreaterThanOrEqualTo(24);
    assertThat(facts.get("captions").get("captionedPictures")).isEqualTo(facts.get("usable"));

    Path model = train(source, run);
    Path sample = run.resolve("sample.png");
    Call sampled = Call.of("sample", "--model", model, "--prompt", "a red circle", "--out", sample);
    assertThat(sampled.exitCode()).as(sampled.err()).isZero();
    assertThat(ImageIO.read(sample.toFile())).isNotNull();

    Call captioned = Call.of("caption", "--model", model, pictures().get(0));
    assertThat(captioned.exitCode()).as(captioned.err()).isZero();
    assertThat(captioned.out()).startsWith(pictures().get(0) + "\t");
  }

  @Test
  void aModelOfClassesIsMeasuredOnPicturesHeldOutOrOnTestsApart() throws IOException {
    String source = "idx:" + folder.resolve("mnist");
    Path model = train(source, Files.createTempDirectory(folder, "run"));

    JsonNode heldOut = recognise(model, source);
    assertThat(heldOut.get("classes").asInt()).isEqualTo(10);
    assertThat(heldOut.get("samples").asInt()).isEqualTo(10);
    assertThat(heldOut.get("tests").asInt()).isBetween(1, TESTS - 1);

    JsonNode apart = recognise(model, source, "--tests", source + "@t10k");
    assertThat(apart.get("tests").asInt()).isEqualTo(TESTS);

    Call wrong = Call.of("recognise", "--model", model, source, "--tests", "idx:");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(wrong.err()).contains("idx:FOLDER").doesNotContain("Exception");
  }

  private JsonNode recognise(Path model, String source, Object... more) {
    List<Object> call = new ArrayList<>(List.of("recognise", "--model", model, source, "--json"));
    call.addAll(List.of("--per-class", 1, "--asked", 2, "--steps", 2));
    call.addAll(List.of("--cache", folder.resolve("cache")));
    call.addAll(List.of(more));
    Call measured = Call.of(call.toArray());
    assertThat(measured.exitCode()).as(measured.err()).isZero();
    return JSON.readTree(measured.out());
  }

  /** Trains for a few steps; returns the model. */
  private Path train(String source, Path run) throws IOException {
    Object[] train = {
      "train",
      source,
      "--out",
      run,
      "--config",
      Shapes.tinyConfig(folder),
      "--steps",
      "3,3",
      "--cache",
      folder.resolve("cache")
    };
    Call trained = Call.of(train);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    return run.resolve("last.tessera");
  }
}
