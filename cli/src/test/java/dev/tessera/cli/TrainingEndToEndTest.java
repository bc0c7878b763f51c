package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.cli.page.HtmlPage;
import dev.tessera.vqvae.picture.Png;
import dev.tessera.vqvae.picture.Rgb;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All commands on models of a few steps: that they work together, not that the models are good. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainingEndToEndTest {
  private static final JsonMapper JSON = new JsonMapper();

  private Path folder;
  private Path pictures;
  private Path config;
  private Path run;
  private Call trained;

  @BeforeAll
  void trainOnce(@TempDir Path shared) throws IOException {
    folder = shared;
    pictures = Shapes.draw(folder.resolve("pictures"), true, 3);
    config = Shapes.tinyConfig(folder);
    run = folder.resolve("run");
    trained = train(pictures, run, "--config", config, "--steps", "6,4", "--seed", 7);
  }

  private Call train(Path source, Path out, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", source, "--out", out));
    arguments.addAll(List.of("--cache", folder.resolve("cache")));
    arguments.addAll(Arrays.asList(more));
    return Call.of(arguments.toArray());
  }

  private String model() {
    return run.resolve("best.tessera").toString();
  }

  @Test
  void aTrainingLeavesModelConfigurationLogAndSamples() throws IOException {
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    assertThat(trained.out().strip()).isEqualTo(model());
    assertThat(trained.err()).contains("24 pictures, 24 with captions", "training the transformer");
    assertThat(run.resolve("config.yaml")).exists();
    assertThat(run.resolve("last.tessera")).exists();
    assertThat(run.resolve("samples/transformer-00000004.png")).exists();

    List<JsonNode> log =
        Files.readAllLines(run.resolve("log.jsonl")).stream().map(JSON::readTree).toList();
    assertThat(log).allSatisfy(line -> assertThat(line.has("time")).isTrue());
    assertThat(log)
        .filteredOn(line -> line.get("event").asString().equals("evaluation"))
        .extracting(line -> line.get("stage").asString() + line.get("step").asInt())
        .containsExactly("vqvae3", "vqvae6", "transformer2", "transformer4");
    assertThat(log)
        .filteredOn(line -> line.get("event").asString().equals("evaluation"))
        .filteredOn(line -> line.get("stage").asString().equals("vqvae"))
        .allSatisfy(
            line ->
                assertThat(line.get("measures").propertyNames())
                    .contains("ssim", "multiScaleSsim", "colourError", "edgeError"));
  }

  @Test
  void stageOneIsMeasuredAloneAndByFolder() throws IOException {
    Path sets = folder.resolve("sets");
    Shapes.draw(sets.resolve("first"), false, 4);
    Shapes.draw(sets.resolve("second"), false, 5);
    Object[] asked = {
      "eval", sets, "--stage", "vqvae", "--held-out", 0.4, "--cache", folder.resolve("cache"),
    };
    Call text = with(asked, "--model", run.resolve("vqvae.tessera"));
    assertThat(text.exitCode()).as(text.err()).isZero();
    assertThat(text.out()).contains("MS-SSIM", "all ", "first ", "second ").doesNotContain("NaN");

    JsonNode json = JSON.readTree(with(asked, "--model", model(), "--json").out());
    for (String measure :
        List.of("psnr", "ssim", "multiScaleSsim", "colourError", "edgeError", "perplexity")) {
      assertThat(json.get(measure).asDouble()).as(measure).isPositive();
    }
    double searched =
        JSON.readTree(with(asked, "--model", model(), "--json", "--search", 1).out())
            .get("psnr")
            .asDouble();
    assertThat(searched).isGreaterThan(json.get("psnr").asDouble());
    JsonNode groups = json.get("groups");
    assertThat(json.get("heldOut").asInt())
        .isEqualTo(
            groups.get("first").get("heldOut").asInt()
                + groups.get("second").get("heldOut").asInt());
  }

  @Test
  void aTrainingLeavesAReportAndEventsForTensorBoard() throws IOException {
    String page = Files.readString(run.resolve("report.html"));
    assertThat(page)
        .contains(
            "finished</span>", "24", "Stage 1: pictures", "Stage 2: tokens", "6 of 6", "4 of 4")
        .contains("after step 6", "after step 4", "batch: ");
    for (String stage : List.of("vqvae", "transformer")) {
      try (var files = Files.list(run.resolve("events").resolve(stage))) {
        assertThat(files).hasSize(1).allMatch(file -> file.toString().contains("tfevents"));
      }
    }
  }

  @Test
  void aVocabularyGoesToHuggingFacesFormAndBackAndTrainsAgain() throws IOException {
    Path json = folder.resolve("tokenizer.json");
    Path back = folder.resolve("back.pb");
    assertThat(Call.of("tokenizer", model(), "--out", json).exitCode()).isZero();
    assertThat(Call.of("tokenizer", json, "--out", back).exitCode()).isZero();
    assertThat(back).hasSameBinaryContentAs(run.resolve("tokenizer.pb"));
    assertThat(JSON.readTree(Files.readString(json)).get("model").get("type").asString())
        .isEqualTo("BPE");

    Path other = folder.resolve("other");
    Path otherPictures = Shapes.draw(folder.resolve("other-pictures"), false, 9);
    Call call =
        train(otherPictures, other, "--config", config, "--steps", "1,1", "--tokenizer", json);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(other.resolve("tokenizer.pb")).hasSameBinaryContentAs(back);
  }

  @Test
  void tokensAreWrittenOnceAndTrainedFromAgain() throws IOException {
    Path again = folder.resolve("again");
    Object[] asked = {
      "train-transformer",
      pictures,
      "--out",
      again,
      "--cache",
      folder.resolve("cache"),
      "--config",
      config,
      "--steps",
      "6,4",
      "--seed",
      7,
      "--vqvae",
      run.resolve("vqvae.tessera")
    };
    Call call = with(asked, "--tokens", run.resolve("tokens"));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err()).doesNotContain("tokenising");
    assertThat(again.resolve("tokens")).doesNotExist();
    assertThat(inspect(again.resolve("best.tessera")).get("entries").get("transformer.safetensors"))
        .isEqualTo(inspect(Path.of(model())).get("entries").get("transformer.safetensors"));
    assertThat(inspect(run.resolve("tokens")).get("pictures").asInt()).isEqualTo(24);
  }

  @Test
  void picturesThatAreNotSquareGoThroughBothStages() throws IOException {
    Path oblong = folder.resolve("oblong");
    Object[] shape = {"--size", "24x16", "--downsampling", 8, "--config", config, "--steps", "2,2"};
    Call call = train(pictures, oblong, shape);
    assertThat(call.exitCode()).as(call.err()).isZero();
    JsonNode vqvae = inspect(oblong.resolve("best.tessera")).get("vqvae");
    assertThat(vqvae.get("downsampling").asInt()).isEqualTo(8);
    Path made = folder.resolve("oblong-samples");
    Call sampled =
        Call.of("sample", "--model", oblong.resolve("best.tessera"), "--out", made + "/");
    assertThat(sampled.exitCode()).as(sampled.err()).isZero();
    try (var files = Files.list(made)) {
      Path picture = files.filter(f -> f.toString().endsWith(".png")).findFirst().orElseThrow();
      assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(24);
      assertThat(ImageIO.read(picture.toFile()).getHeight()).isEqualTo(16);
    }
    Call captioned =
        Call.of(
            "caption", "--model", oblong.resolve("best.tessera"), pictures.resolve("shape00.png"));
    assertThat(captioned.exitCode()).as(captioned.err()).isZero();
  }

  @Test
  void anAdversarialTrainingKeepsItsDiscriminatorOutOfTheBundle() throws IOException {
    Path out = folder.resolve("adversarial");
    Object[] asked = {
      "train-vqvae", pictures, "--out", out, "--cache", folder.resolve("cache"), "--adversarial"
    };
    Call call = with(asked, "--config", config, "--steps", "12,1", "--seed", 7);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(Files.readString(out.resolve("config.yaml"))).contains("type: patches");
    assertThat(Files.readString(out.resolve("log.jsonl"))).contains("discriminatorLoss");
    assertThat(out.resolve("checkpoints/vqvae/00000012/discriminator.safetensors")).exists();

    Path plain = run.resolve("vqvae.tessera");
    assertThat(Call.of("inspect", out.resolve("vqvae.tessera")).out())
        .doesNotContain("discriminator");
    assertThat(Files.size(out.resolve("vqvae.tessera"))).isCloseTo(Files.size(plain), within(200L));
  }

  @Test
  void aLargerPictureIsReconstructedAtItsOwnSizeInTiles() throws IOException {
    Path wide = folder.resolve("wide.png");
    Png.write(wide, Rgb.solid(21, 50, 0x4080C0));
    Path out = folder.resolve("tiled");
    Call call = Call.of("reconstruct", "--model", model(), "--tile", wide, "--out", out + "/");
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out()).startsWith(wide + "\t");
    assertThat(ImageIO.read(out.resolve("00000-wide.png").toFile()).getWidth()).isEqualTo(50);
    assertThat(ImageIO.read(out.resolve("00000-wide.png").toFile()).getHeight()).isEqualTo(21);
  }

  @Test
  void modelsAreReportedSideBySideOnOnePageWithEveryDefinition() throws IOException {
    Path out = folder.resolve("evaluation");
    Path other = run.resolve("last.tessera");
    Object[] asked = {
      "eval", pictures, "--model", model(), "--model", other, "--held-out", 0.4, "--seed", 3,
    };
    Call call = with(asked, "--out", out, "--cache", folder.resolve("cache"));
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out().lines())
        .containsExactly(
            out.resolve("metrics.json").toString(), out.resolve("report.html").toString());
    assertThat(call.err()).contains("sampling").doesNotContain("org.tribuo");

    JsonNode metrics = JSON.readTree(Files.readString(out.resolve("metrics.json")));
    assertThat(metrics.get("seed").asInt()).isEqualTo(3);
    assertThat(metrics.get("models")).hasSize(2);
    String page = Files.readString(out.resolve("report.html"));
    assertThat(page)
        .doesNotContain("http://")
        .doesNotContain("https://")
        .contains("data:image/png");
    for (JsonNode model : metrics.get("models")) {
      Path file = Path.of(model.get("model").asString());
      assertThat(page).contains(">" + file.getFileName() + "<");
      assertThat(model.get("sections").propertyNames())
          .contains("reconstruction", "likelihood", "composition", "memorisation", "speed");
      for (JsonNode section : model.get("sections")) {
        for (JsonNode figure : section) {
          assertThat(page).contains(HtmlPage.escaped(figure.get("definition").asString()));
          assertThat(figure.get("value").isNumber()).isTrue();
        }
      }
    }
  }

  @Test
  void samplesOfSeveralPromptsAreOneGridOrSingleFiles() throws IOException {
    Path grid = folder.resolve("grid.png");
    Object[] asked = {
      "sample", "--model", model(), "--prompt", "a red circle", "--prompt", "a blue square", "-n", 2
    };
    assertThat(with(asked, "--out", grid).exitCode()).isZero();
    assertThat(ImageIO.read(grid.toFile()).getWidth()).isBetween(2 * 96, 3 * 96);
    assertThat(with(asked, "--out", grid, "--columns", 4).exitCode()).isZero();
    assertThat(ImageIO.read(grid.toFile()).getWidth()).isGreaterThan(4 * 96);

    Path single = folder.resolve("single");
    Call call = with(asked, "--out", single + "/", "--seed", 5, "--top-k", 9, "--guidance", 2);
    assertThat(call.exitCode()).as(call.err()).isZero();
    List<JsonNode> lines =
        Files.readAllLines(single.resolve("samples.jsonl")).stream().map(JSON::readTree).toList();
    assertThat(lines)
        .extracting(line -> line.get("prompt").asString())
        .containsExactly("a red circle", "a red circle", "a blue square", "a blue square");
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(line.get("seed").asInt()).isEqualTo(5);
              assertThat(line.get("score").asDouble()).isNegative();
              Path file = single.resolve(line.get("file").asString());
              assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(16);
            });
    assertThat(call.out().lines()).hasSize(4);
  }

  @Test
  void theScheduleOfGuidanceChangesPictures() throws IOException {
    Object[] asked = {
      "sample", "--model", model(), "--prompt", "a red circle", "-n", 4, "--guidance", 50
    };
    List<byte[]> pictures = new ArrayList<>();
    for (String schedule : List.of("constant", "linear", "cosine")) {
      Path file = folder.resolve(schedule + ".png");
      Call call = with(asked, "--guidance-schedule", schedule, "--out", file);
      assertThat(call.exitCode()).as(call.err()).isZero();
      pictures.add(Files.readAllBytes(file));
    }
    Path unsaid = folder.resolve("unsaid.png");
    assertThat(with(asked, "--out", unsaid).exitCode()).isZero();
    assertThat(unsaid).hasBinaryContent(pictures.get(0));
    assertThat(pictures.get(1)).isNotEqualTo(pictures.get(0));
    assertThat(pictures.get(2)).isNotEqualTo(pictures.get(0));
    assertThat(with(asked, "--guidance-schedule", "wavy", "--out", unsaid).exitCode()).isEqualTo(2);
  }

  @Test
  void withoutOptionsPicturesAreDrawnForTheEye() throws IOException {
    Path unsaid = folder.resolve("plain.png");
    Path said = folder.resolve("clear.png");
    Path own = folder.resolve("own.png");
    Object[] asked = {"sample", "--model", model(), "--prompt", "a red circle", "-n", 4};
    assertThat(with(asked, "--out", unsaid).exitCode()).isZero();
    assertThat(
            with(asked, "--temperature", 0.7, "--top-k", 40, "--guidance", 3, "--out", said)
                .exitCode())
        .isZero();
    assertThat(
            with(asked, "--temperature", 1, "--top-k", 0, "--guidance", 1, "--out", own).exitCode())
        .isZero();
    assertThat(said).hasSameBinaryContentAs(unsaid);
    assertThat(Files.mismatch(own, unsaid)).isNotEqualTo(-1);
    assertThat(help("sample"))
        .contains(
            "0 for the likeliest (default: 0.7)",
            "by a model that learned from some pictures without captions (default: 3)",
            "0 for all (default: 40)");
    assertThat(help("eval")).contains("0 for the likeliest (default: 1)");
  }

  /** In one line. */
  private static String help(String command) {
    return Call.of(command, "--help").out().replaceAll("\\s+", " ");
  }

  @Test
  void theSameSeedGivesTheSamePicture() throws IOException {
    Path first = folder.resolve("first.png");
    Path second = folder.resolve("second.png");
    Path other = folder.resolve("other.png");
    Call.of("sample", "--model", model(), "--seed", 1, "--out", first);
    Call.of("sample", "--model", model(), "--seed", 1, "--out", second);
    Call.of("sample", "--model", model(), "--seed", 2, "--out", other);
    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(Files.mismatch(first, other)).isNotEqualTo(-1);
  }

  @Test
  void completingKeepsTheRestOfThePictureInItsOwnSize() throws IOException {
    Rgb large = Rgb.solid(40, 40, 0x336699);
    Path picture = folder.resolve("large.png");
    Png.write(picture, large);
    Path out = folder.resolve("completed.png");
    Call call =
        Call.of(
            "complete",
            "--model",
            model(),
            picture,
            "--mask",
            "top:0.4",
            "--prompt",
            "a red circle",
            "--out",
            out);
    assertThat(call.exitCode()).as(call.err()).isZero();
    BufferedImage completed = ImageIO.read(out.toFile());
    assertThat(completed.getWidth()).isEqualTo(40);
    int changed = 0;
    for (int row = 0; row < 40; row++) {
      for (int column = 0; column < 40; column++) {
        boolean same = (completed.getRGB(column, row) & 0xFFFFFF) == 0x336699;
        assertThat(same || row < 16).as("%d, %d", row, column).isTrue();
        changed += same ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(100);

    Path mask = folder.resolve("mask.png");
    Png.write(mask, Rgb.solid(16, 16, 0xFFFFFF));
    Call wrongMask = Call.of("complete", "--model", model(), picture, "--mask", mask, "--out", out);
    assertThat(wrongMask.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(wrongMask.err()).contains("mask.png", "16 × 16", "40 × 40");
    assertThat(
            Call.of("complete", "--model", model(), picture, "--mask", "none.png", "--out", out)
                .err())
        .contains("none.png: there is no such file");
  }

  @Test
  void anInterpolationIsAGridOrSingleFiles() throws IOException {
    Object[] asked = {
      "interpolate",
      "--model",
      model(),
      pictures.resolve("shape00.png"),
      pictures.resolve("shape01.png"),
      "--steps",
      5
    };
    Path grid = folder.resolve("between.png");
    assertThat(with(asked, "--out", grid).exitCode()).isZero();
    assertThat(ImageIO.read(grid.toFile()).getWidth()).isGreaterThan(5 * 96);
    Call single = with(asked, "--out", folder.resolve("between") + "/");
    assertThat(single.out().lines()).hasSize(5);
  }

  @Test
  void variationsAreAsManyAsAskedFor() throws IOException {
    Path single = folder.resolve("varied");
    Object[] asked = {
      "vary", "--model", model(), pictures.resolve("shape00.png"), "--strength", 0.4, "-n", 3
    };
    assertThat(with(asked, "--out", single + "/").exitCode()).isZero();
    assertThat(Files.readAllLines(single.resolve("samples.jsonl"))).hasSize(3);
  }

  @Test
  void rerankingKeepsAsManyAsAskedForAndTellsTheirScores() throws IOException {
    Path single = folder.resolve("best");
    Call call =
        Call.of(
            "sample",
            "--model",
            model(),
            "--prompt",
            "a red circle",
            "--prompt",
            "a blue square",
            "-n",
            2,
            "--rerank",
            5,
            "--out",
            single + "/");
    assertThat(call.exitCode()).as(call.err()).isZero();
    List<JsonNode> lines =
        Files.readAllLines(single.resolve("samples.jsonl")).stream().map(JSON::readTree).toList();
    assertThat(lines).hasSize(4);
    for (int i = 0; i < 4; i += 2) {
      double first = lines.get(i).get("score").asDouble();
      assertThat(first).isGreaterThanOrEqualTo(lines.get(i + 1).get("score").asDouble());
      assertThat(lines.get(i).get("index").asInt()).isBetween(5 * i / 2, 5 * i / 2 + 4);
    }
  }

  @Test
  void theScheduleOfGuidanceChangesVariationsAndCompletions() throws IOException {
    String picture = pictures.resolve("shape00.png").toString();
    for (Object[] asked :
        new Object[][] {
          {"vary", "--model", model(), picture, "--strength", 1},
          {"complete", "--model", model(), picture, "--mask", "bottom:1"}
        }) {
      List<byte[]> made = new ArrayList<>();
      for (String schedule : List.of("constant", "linear")) {
        Path file = folder.resolve(asked[0] + schedule + ".png");
        Call call =
            with(
                asked,
                "--prompt",
                "a red circle",
                "-n",
                4,
                "--guidance",
                50,
                "--guidance-schedule",
                schedule,
                "--out",
                file);
        assertThat(call.exitCode()).as(call.err()).isZero();
        made.add(Files.readAllBytes(file));
      }
      assertThat(made.get(1)).as(asked[0].toString()).isNotEqualTo(made.get(0));
    }
  }

  private Call trainRanker(Path out, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train-ranker", pictures, "--out", out));
    arguments.addAll(List.of("--model", model(), "--cache", folder.resolve("cache")));
    arguments.addAll(Arrays.asList(more));
    return Call.of(arguments.toArray());
  }

  @Test
  void aRankerIsAddedToTheModelAndChooses() throws IOException {
    Path ranked = folder.resolve("ranked.tessera");
    Call training = trainRanker(ranked, "--steps", 3);
    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out().strip()).isEqualTo(ranked.toString());
    assertThat(training.err()).contains("training the ranker").doesNotContain("not the pictures");
    assertThat(folder.resolve("ranked.tessera.checkpoints")).doesNotExist();
    JsonNode facts = inspect(ranked);
    assertThat(facts.get("provenance").get("rankerSteps").asInt()).isEqualTo(3);
    JsonNode before = inspect(run.resolve("best.tessera")).get("entries");
    for (String entry : List.of("vqvae.safetensors", "transformer.safetensors", "tokenizer.pb")) {
      assertThat(facts.get("entries").get(entry)).as(entry).isEqualTo(before.get(entry));
    }
    assertThat(training.err()).contains("training the namer", "among 1 through codes");
    assertThat(facts.get("entries").has("naming.pb")).isTrue();
    Call captioning =
        Call.of(
            "caption", "--model", ranked, pictures.resolve("shape00.png"), "--rerank", 4, "-n", 4);
    assertThat(captioning.exitCode()).as(captioning.err()).isZero();
    assertThat(captioning.out().lines()).hasSize(4);
    assertThat(captioning.out()).contains("circle");

    Path chosen = folder.resolve("chosen");
    Call sampling =
        Call.of(
            "sample",
            "--model",
            ranked,
            "--prompt",
            "a red circle",
            "-n",
            2,
            "--rerank",
            5,
            "--rerank-by",
            "ranker",
            "--out",
            chosen + "/");
    assertThat(sampling.exitCode()).as(sampling.err()).isZero();
    List<JsonNode> lines =
        Files.readAllLines(chosen.resolve("samples.jsonl")).stream().map(JSON::readTree).toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).get("score").asDouble())
        .isBetween(lines.get(1).get("score").asDouble(), 1.001);

    Call refused =
        Call.of(
            "sample",
            "--model",
            model(),
            "--prompt",
            "a red circle",
            "--rerank",
            5,
            "--rerank-by",
            "ranker",
            "--out",
            folder.resolve("none.png"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err().strip().lines()).hasSize(1);
    assertThat(refused.err()).contains("the model has no ranker");
  }

  @Test
  void aCompactModelIsSmallerSaysWhatItHoldsAndSamples() throws IOException {
    Path compact = folder.resolve("compact.tessera");
    Call call = Call.of("compact", model(), "--out", compact);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out().strip()).isEqualTo(compact.toString());
    assertThat(call.err()).contains("MB, before");

    JsonNode whole = inspect(Path.of(model())).get("entries");
    JsonNode entries = inspect(compact).get("entries");
    assertThat(entries.get("vqvae.safetensors")).isEqualTo(whole.get("vqvae.safetensors"));
    JsonNode before = whole.get("transformer.safetensors");
    JsonNode after = entries.get("transformer.safetensors");
    long numbers = before.get("numbers").get("F32").asLong();
    long rounded = after.get("numbers").get("BF16").asLong();
    assertThat(rounded).isGreaterThan(numbers / 3);
    assertThat(after.get("numbers").get("F32").asLong()).isEqualTo(numbers - rounded);
    // The header may be longer, by the names of the types.
    assertThat(before.get("bytes").asLong() - after.get("bytes").asLong())
        .isCloseTo(2 * rounded, within(1000L));
    Path unpacked = folder.resolve("transformer.safetensors");
    try (ZipFile zip = new ZipFile(compact.toFile())) {
      Files.write(
          unpacked, zip.getInputStream(zip.getEntry("transformer.safetensors")).readAllBytes());
    }
    assertThat(inspect(unpacked).get("numbers")).isEqualTo(after.get("numbers"));

    Path picture = folder.resolve("compact.png");
    Call sampled =
        Call.of("sample", "--model", compact, "--prompt", "a red circle", "--out", picture);
    assertThat(sampled.exitCode()).as(sampled.err()).isZero();
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(16);
  }

  @Test
  void stageOneAloneIsNotCompacted() {
    Path file = run.resolve("vqvae.tessera");
    Call call = Call.of("compact", file, "--out", folder.resolve("none.tessera"));
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(call.err()).contains(file + " has stage 1 only, which stays in f32");
  }

  @Test
  void anInterruptedRankerGoesOnToTheSameRanker() throws IOException {
    Path whole = folder.resolve("whole.tessera");
    assertThat(trainRanker(whole, "--steps", 8).exitCode()).isZero();
    Path stopped = folder.resolve("stopped.tessera");
    Call first =
        Call.interruptedAt(
            "ranker step 3",
            "train-ranker",
            pictures,
            "--model",
            model(),
            "--out",
            stopped,
            "--cache",
            folder.resolve("cache"),
            "--steps",
            8);
    assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(first.err()).contains("interrupted; go on with --resume");
    assertThat(stopped).doesNotExist();
    Call second = trainRanker(stopped, "--steps", 8);
    assertThat(second.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(second.err()).contains("holds a training that was interrupted");
    Call third = trainRanker(stopped, "--steps", 8, "--resume");
    assertThat(third.exitCode()).as(third.err()).isZero();
    assertThat(third.err()).contains("training the ranker on from step 3");
    assertThat(stopped).hasSameBinaryContentAs(whole);
  }

  @Test
  void choicesComeInOrderWithTheirProbabilities() throws IOException {
    Path picture = pictures.resolve("shape00.png");
    Call call =
        Call.of(
            "caption",
            "--model",
            model(),
            picture,
            "--choices",
            "a red circle, a blue square,x",
            "-n",
            3);
    assertThat(call.exitCode()).as(call.err()).isZero();
    List<String[]> lines = call.out().lines().map(line -> line.split("\t", -1)).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.stream().map(line -> line[1]))
        .containsExactlyInAnyOrder("a red circle", "a blue square", "x");
    assertThat(lines.stream().mapToDouble(line -> Double.parseDouble(line[2])).sum())
        .isCloseTo(1, within(2e-4));

    Path file = folder.resolve("choices.txt");
    Files.writeString(file, "a red circle\n\na circle, red\n");
    Call listed =
        Call.of("caption", "--model", model(), picture, "--choices-file", file, "--json", "-n", 9);
    JsonNode choices = JSON.readTree(listed.out()).get("choices");
    assertThat(choices).hasSize(2);
    assertThat(choices.get(0).get("probability").asDouble()).isBetween(0.5, 1.0);
  }

  @Test
  void captionsStandBehindTheirFileAndBrokenPicturesAreNamed() throws IOException {
    Path good = pictures.resolve("shape00.png");
    Path bad = folder.resolve("bad.png");
    Files.writeString(bad, "no picture");
    Call call = Call.of("caption", "--model", model(), bad, good, "-n", 2);
    assertThat(call.out().lines()).hasSize(2).allMatch(line -> line.startsWith(good + "\t"));
    assertThat(call.err()).contains("bad.png").doesNotContain("\tat ");
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);

    Call drawn = Call.of("caption", "--model", model(), good, "-n", 3, "--sample", "--json");
    assertThat(drawn.exitCode()).as(drawn.err()).isZero();
    assertThat(JSON.readTree(drawn.out()).get("captions")).hasSize(3);
  }

  @Test
  void reconstructionsStandBesideTheirOriginals() throws IOException {
    Path both = folder.resolve("both.png");
    Object[] asked = {
      "reconstruct",
      "--model",
      model(),
      pictures.resolve("shape00.png"),
      pictures.resolve("shape01.png")
    };
    Call call = with(asked, "--out", both);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out().lines()).hasSize(2).allMatch(line -> line.matches(".*\\t-?[\\d.]+"));
    assertThat(ImageIO.read(both.toFile()).getWidth()).isGreaterThan(4 * 96);

    Call searched = with(asked, "--out", folder.resolve("searched.png"), "--search", 2);
    assertThat(searched.exitCode()).as(searched.err()).isZero();
    assertThat(decibels(searched)).isGreaterThan(decibels(call));

    Path single = folder.resolve("reconstructed");
    assertThat(with(asked, "--out", single).exitCode()).isZero();
    assertThat(single.resolve("00001-shape01.png")).exists();
  }

  /** The sum of what is told of each picture. */
  private static double decibels(Call reconstructed) {
    return reconstructed
        .out()
        .lines()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('\t') + 1)))
        .sum();
  }

  @Test
  void whatARunLeavesCanBeInspected() throws IOException {
    JsonNode bundle = inspect(run.resolve("best.tessera"));
    assertThat(bundle.get("provenance").get("seed").asInt()).isEqualTo(7);
    assertThat(bundle.get("provenance").get("captioned").asInt()).isEqualTo(24);
    assertThat(bundle.get("vqvae").get("height").asInt()).isEqualTo(16);
    assertThat(bundle.get("entries").has("transformer.safetensors")).isTrue();

    Path checkpoint = run.resolve("checkpoints/vqvae/00000006");
    assertThat(inspect(checkpoint).get("step").asInt()).isEqualTo(6);
    assertThat(inspect(checkpoint.resolve("training.pb")).get("stage").asString())
        .isEqualTo("vqvae");
    assertThat(inspect(checkpoint.resolve("weights.safetensors")).get("count").asInt())
        .isPositive();
    assertThat(inspect(run.resolve("tokenizer.pb")).get("ids").asInt()).isBetween(257, 270);
    try (var caches = Files.list(folder.resolve("cache"))) {
      Path cache = caches.filter(Files::isDirectory).findFirst().orElseThrow();
      assertThat(inspect(cache).get("height").asInt()).isEqualTo(16);
    }
    assertThat(Call.of("inspect", run.resolve("best.tessera")).out()).contains("kind: bundle");
  }

  private static JsonNode inspect(Path file) {
    Call call = Call.of("inspect", file, "--json");
    assertThat(call.exitCode()).as(call.err()).isZero();
    return JSON.readTree(call.out());
  }

  @Test
  void aFolderThatHoldsARunIsNotOverwritten() {
    Call call = train(pictures, run, "--config", config, "--steps", "6,4");
    assertThat(call.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(call.errors()).hasSize(1);
    assertThat(call.err()).contains("holds a run already", "--resume");
  }

  @Test
  void aRunIsNotResumedWithOtherSettings() {
    Call call = train(pictures, run, "--resume", "--seed", 8, "--steps", "6,4");
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(call.err()).contains("another configuration or other data").doesNotContain("\tat ");
  }

  @Test
  void anInterruptedRunGoesOnToTheSameModel() throws IOException {
    Path stopped = folder.resolve("stopped");
    Call first =
        Call.interruptedAt(
            "vqvae step 3",
            "train",
            pictures,
            "--out",
            stopped,
            "--cache",
            folder.resolve("cache"),
            "--config",
            config,
            "--steps",
            "6,4",
            "--seed",
            7);
    assertThat(first.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(first.err()).contains("interrupted; go on with --resume");
    assertThat(stopped.resolve("best.tessera")).doesNotExist();

    Call second = train(pictures, stopped, "--resume", "--steps", "6,4");
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.err()).contains("training the vqvae on from step 3");
    JsonNode resumed = inspect(stopped.resolve("best.tessera")).get("entries");
    JsonNode whole = inspect(run.resolve("best.tessera")).get("entries");
    for (String entry : List.of("vqvae.safetensors", "transformer.safetensors", "tokenizer.pb")) {
      assertThat(resumed.get(entry)).as(entry).isEqualTo(whole.get(entry));
    }
  }

  @Test
  void aFinishedRunIsLeftAsItIsUnlessMoreIsAskedFor() throws IOException {
    Path finished = folder.resolve("finished");
    Call first = train(pictures, finished, "--config", config, "--seed", 7, "--steps", "2,2");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path model = finished.resolve("best.tessera");
    FileTime written = Files.getLastModifiedTime(model);

    for (String steps : List.of("2,2", "2,1")) {
      Call again = train(pictures, finished, "--resume", "--seed", 7, "--steps", steps);
      assertThat(again.exitCode()).as(again.err()).isZero();
      assertThat(again.out().strip()).isEqualTo(model.toString());
      assertThat(again.err()).contains("the run is finished").doesNotContain("tokenising");
      assertThat(Files.getLastModifiedTime(model)).isEqualTo(written);
    }
    Call refused = train(pictures, finished, "--resume", "--seed", 8, "--steps", "2,2");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("another configuration or other data");

    Call more = train(pictures, finished, "--resume", "--steps", "2,3");
    assertThat(more.exitCode()).as(more.err()).isZero();
    assertThat(more.err()).contains("training the transformer on from step 2");
    assertThat(more.err()).as("tokens are written once").doesNotContain("tokenising");
    assertThat(inspect(model).get("provenance").get("transformerSteps").asInt()).isEqualTo(3);
  }

  @Test
  void aTimeThatIsSpentIsNotSpentAgain() {
    Path timed = folder.resolve("timed");
    Call first = train(pictures, timed, "--config", config, "--minutes", "0.001");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Call again = train(pictures, timed, "--resume", "--minutes", "0.001");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.err()).contains("the run is finished").doesNotContain("tokenising");
    Call longer =
        Call.interruptedAt(
            "training the transformer on",
            "train",
            pictures,
            "--out",
            timed,
            "--cache",
            folder.resolve("cache"),
            "--resume",
            "--minutes",
            60);
    assertThat(longer.exitCode()).as(longer.err()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(longer.err()).as("tokens are written once").doesNotContain("tokenising");
  }

  @Test
  void picturesWithoutCaptionsMakeAModelThatSamplesButDoesNotCaption() throws IOException {
    Path bare = Shapes.draw(folder.resolve("bare"), false, 4);
    Path out = folder.resolve("bare-run");
    Call call = train(bare, out, "--config", config, "--steps", "2,2", "--quiet");
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.err()).isEmpty();

    Path model = out.resolve("best.tessera");
    Path sampled = folder.resolve("bare.png");
    assertThat(Call.of("sample", "--model", model, "--out", sampled).exitCode()).isZero();
    Call refused = Call.of("caption", "--model", model, bare.resolve("shape00.png"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.errors()).hasSize(1);
    assertThat(refused.err()).contains("trained on pictures without captions");
  }

  @Test
  void theStagesCanBeTrainedApart() {
    Path first = folder.resolve("stage1");
    Path second = folder.resolve("stage2");
    Object[] common = {
      pictures, "--config", config, "--cache", folder.resolve("cache"), "--steps", 2
    };
    Call vqvae = with(with("train-vqvae", common), "--out", first);
    assertThat(vqvae.exitCode()).as(vqvae.err()).isZero();
    Path bundle = first.resolve("vqvae.tessera");
    Call refused = Call.of("sample", "--model", bundle, "--out", folder.resolve("none.png"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("stage 1 only");

    Call transformer = with(with("train-transformer", common), "--out", second, "--vqvae", bundle);
    assertThat(transformer.exitCode()).as(transformer.err()).isZero();
    assertThat(second.resolve("best.tessera")).exists();

    Path third = folder.resolve("third");
    Path start = second.resolve("last.tessera");
    Call on = with(with("train-transformer", common), "--out", third, "--from", start);
    assertThat(on.exitCode()).as(on.err()).isZero();
    assertThat(third.resolve("tokenizer.pb"))
        .hasSameBinaryContentAs(second.resolve("tokenizer.pb"));
    Call alone =
        with(with("train-transformer", common), "--out", folder.resolve("n"), "--from", bundle);
    assertThat(alone.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(alone.err()).contains("vqvae.tessera holds stage 1 alone");
  }

  @Test
  void aModelOfAnotherShapeIsNoStart() throws IOException {
    Path run = folder.resolve("start");
    Object[] common = {pictures, "--cache", folder.resolve("cache"), "--steps", 2};
    Call first = with(with("train", common), "--config", config, "--out", run);
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path start = run.resolve("last.tessera");
    String yaml = Files.readString(config);
    for (int neighbourhood : new int[] {0, 2}) {
      Path other = folder.resolve("other" + neighbourhood + ".yaml");
      String changed = yaml.replace("neighbourhood: 1", "neighbourhood: " + neighbourhood);
      Files.writeString(other, changed);
      Path out = folder.resolve("out" + neighbourhood);
      Object[] options = {"--config", other, "--out", out, "--from", start};
      Call on = with(with("train-transformer", common), options);
      assertThat(on.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(on.err())
          .contains(start + " cannot be gone on from: in the configuration neighbourhood is ")
          .contains("is " + neighbourhood + ", not 1");
      assertThat(on.err()).as("found before anything is computed").doesNotContain("tokenising");
    }
  }

  private static Object[] with(String command, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(command));
    all.addAll(Arrays.asList(arguments));
    return all.toArray();
  }

  private static Call with(Object[] arguments, Object... more) {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(Arrays.asList(more));
    return Call.of(all.toArray());
  }
}
