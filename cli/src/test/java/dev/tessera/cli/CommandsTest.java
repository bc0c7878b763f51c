package dev.tessera.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.proto.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommandsTest {
  @TempDir private Path folder;

  private static void assertOneSentence(Call call, int exitCode, String part) {
    assertThat(call.err()).contains(part).doesNotContain("\tat ");
    assertThat(call.errors()).hasSize(1);
    assertThat(call.errors().get(0)).startsWith("tessera: ");
    assertThat(call.exitCode()).isEqualTo(exitCode);
    assertThat(call.out()).isEmpty();
  }

  private static Stream<Arguments> misuses() {
    return Stream.of(
        Arguments.of("", "a command is missing"),
        Arguments.of("trian x", "'trian'"),
        Arguments.of("train", "SOURCE"),
        Arguments.of("train x", "--out"),
        Arguments.of("train x --out RUN --minutes", "--minutes"),
        Arguments.of("train x --out RUN --minutes soon", "soon"),
        Arguments.of("train x --out RUN --minutes 0", "time is 0.0"),
        Arguments.of("train x --out RUN --minutes 1 --epochs 2", "mutually exclusive"),
        Arguments.of("train x --out RUN --epochs 0", "epochs is 0"),
        Arguments.of("train x --out RUN --steps 5,x", "steps is 5,x"),
        Arguments.of("train x --out RUN --steps 0,5", "steps is 0,5"),
        Arguments.of("train x --out RUN --size 30", "multiple of downsampling 4"),
        Arguments.of("train x --out RUN --size 4", "picture height is 4"),
        Arguments.of("train x --out RUN --downsampling 5", "downsampling is 5, but must be 4, 8"),
        Arguments.of("reconstruct x.png --model m --out s.png --search -1", "--search is -1"),
        Arguments.of("eval x --model m --search 2", "--search is for --stage vqvae alone"),
        Arguments.of("train x --out RUN --background white", "must be RRGGBB"),
        Arguments.of("train x --out RUN --max-broken 2", "maxBrokenFraction is 2.0"),
        Arguments.of("train x --out RUN --config nothing", "neither a file nor one of"),
        Arguments.of("train x --out RUN --resume", "holds no run"),
        Arguments.of("train emoji:dingbats --out RUN", "emoji style"),
        Arguments.of("train tar: --out RUN", "tar:PATTERN"),
        Arguments.of("audit coco:", "names no file"),
        Arguments.of("audit x --size 4000", "must be 8 to 1024"),
        Arguments.of("audit x --size 48x", "must be a side in pixels, or WIDTHxHEIGHT"),
        Arguments.of("train x --out RUN --size 48x30", "height is 30, but must be a multiple"),
        Arguments.of("audit x --config nothing", "neither a file nor one of"),
        Arguments.of("sample --out s.png", "no model ships with this build, so --model"),
        Arguments.of("reconstruct x.png --out s.png", "so --model NAME.tessera is needed"),
        Arguments.of("sample --model m --out s.jpg", "must end in .png or be a folder"),
        Arguments.of("sample --model m --out s.png -n 0", "-n is 0"),
        Arguments.of("sample --model m --out s.png --rerank 4", "there is no --prompt"),
        Arguments.of("sample --model m --out s.png --prompt a -n 5 --rerank 4", "--rerank is 4"),
        Arguments.of(
            "sample --model m --out s.png --columns 0", "--columns is 0, but must be 1 to"),
        Arguments.of("sample --model m --out s.png --rerank-by ranker", "there is no --rerank"),
        Arguments.of("train-transformer x --out r", "one of --vqvae and --from must be given"),
        Arguments.of("train-transformer x --out r --vqvae a --from b", "one of --vqvae and --from"),
        Arguments.of("train-ranker x --model m", "--out"),
        Arguments.of("train-ranker x --model m --out r.zip", "must be a file NAME.tessera"),
        Arguments.of("train-ranker x --model m --out r.tessera --resume", "nothing to be resumed"),
        Arguments.of("train-ranker x --model m --out r.tessera --steps 0", "steps is 0"),
        Arguments.of("compact m.tessera", "--out"),
        Arguments.of("compact m.tessera --out c.zip", "must be a file NAME.tessera"),
        Arguments.of("compact m.tessera --weights int4 --out c.tessera", "int4"),
        Arguments.of("complete --model m x.png --out s.png", "--mask"),
        Arguments.of("complete --model m x.png --out s.png --mask top:2", "share of a mask is 2.0"),
        Arguments.of(
            "complete --model m x.png --out s.png --mask box:1,2", "four whole numbers of pixels"),
        Arguments.of("complete --model m x.png --out s.png --mask top:1 -n 0", "count is 0"),
        Arguments.of("interpolate --model m a.png b.png --out s.png --steps 1", "--steps is 1"),
        Arguments.of("vary --model m x.png --out s.png --strength 0", "strength is 0.0"),
        Arguments.of("caption --model m x.png --choices a,b --sample", "use one of both"),
        Arguments.of("caption --model m x.png --choices ,", "no texts to choose from"),
        Arguments.of("caption --model m x.png --choices a --choices-file b", "mutually exclusive"),
        Arguments.of("sample --model m --out s.png --temperature -1", "temperature is -1.0"),
        Arguments.of("sample --model m --out s.png --top-p 0", "top-p is 0.0"),
        Arguments.of("sample --model m --out s.png --guidance 1000", "guidance is 1000.0"),
        Arguments.of("caption --model m", "IMAGE"),
        Arguments.of("caption --model m x.png -n 33", "-n is 33"),
        Arguments.of("caption --model m x.png --rerank 33", "--rerank is 33, but must be at least"),
        Arguments.of("caption --model m x.png -n 5 --rerank 4", "at least the 5 of -n"),
        Arguments.of("caption --model m x.png --rerank 8 --sample", "goes neither with --sample"),
        Arguments.of("caption --model m x.png --rerank 8 --choices a,b", "nor with --choices"),
        Arguments.of("eval x --model m --model n", "--model is given several times"),
        Arguments.of("eval x --model m --out RUN --json", "--stage and --json"),
        Arguments.of("eval x --model m --out RUN --pictures 1", "pictures is 1"),
        Arguments.of("eval x --model m --out RUN --top-k -1", "top-k is -1"),
        Arguments.of("inspect", "FILE"),
        Arguments.of("tokenizer t.pb --out t.txt", "must end in .json"),
        Arguments.of("bench sing", "no benchmark sing among train/small/b8, train/small/b16"),
        Arguments.of("bench --steps 6", "steps is 6, but must be 7 or more"),
        Arguments.of("bench --ops plain --precision bf16", "plain operations compute in f32"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void wrongUsageIsOneSentenceAndExitCode2(String line, String part) {
    String there = line.replace("RUN", folder.resolve("run").toString());
    Object[] arguments = there.isEmpty() ? new Object[0] : there.split(" ");
    assertOneSentence(Call.of(arguments), ExitCode.WRONG_USAGE, part);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  private static Stream<Arguments> troubles() {
    return Stream.of(
        Arguments.of("audit DIR/none", "there is no folder"),
        Arguments.of("audit DIR/empty", "has no pictures"),
        Arguments.of("train DIR/none --out DIR/run --cache DIR/cache", "there is no folder"),
        Arguments.of("train DIR/empty --out DIR/run --cache DIR/cache", "has no pictures"),
        Arguments.of("train DIR/file.txt --out DIR/run --cache DIR/cache", "is a file"),
        Arguments.of("sample --model DIR/none --out DIR/s.png", "DIR/none"),
        Arguments.of("caption --model DIR/file.txt x.png", "file.txt"),
        Arguments.of("train-ranker x --model DIR/none --out DIR/r.tessera", "DIR/none"),
        Arguments.of("compact DIR/none --out DIR/c.tessera", "DIR/none"),
        Arguments.of("bench --json DIR/none/x.json", "DIR/none: there is no such file"),
        Arguments.of("inspect DIR/none", "DIR/none: there is no such file"),
        Arguments.of("inspect DIR/file.txt", "has no name that tells what it holds"),
        Arguments.of("inspect DIR/empty", "nor a picture cache nor token shards"),
        Arguments.of("inspect DIR/bad.tessera", "bad.tessera"),
        Arguments.of("inspect DIR/bad.safetensors", "bad.safetensors"),
        Arguments.of("inspect DIR/tokenizer.pb", "tokenizer.pb"),
        Arguments.of("inspect DIR/training.pb", "training.pb"),
        Arguments.of("inspect DIR/index.pb", "index.pb"));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void aFailureIsOneSentenceAndExitCode1(String line, String part) throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.writeString(folder.resolve("file.txt"), "text");
    for (String name :
        new String[] {
          "bad.tessera", "bad.safetensors", "tokenizer.pb", "training.pb", "index.pb"
        }) {
      Files.writeString(folder.resolve(name), "this is none of Tessera's files");
    }
    String there = folder.toString();
    Call call = Call.of((Object[]) line.replace("DIR", there).split(" "));
    assertOneSentence(call, ExitCode.FAILED, part.replace("DIR", there));
  }

  @Test
  void aSourceThatCannotBeUsedDoesNotLeaveTheFolderInUse() {
    Path run = folder.resolve("run");
    Object[] arguments = {"train", folder.resolve("none"), "--out", run, "--cache", folder};
    assertThat(Call.of(arguments).exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(Call.of(arguments).exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aMistakeInTheConfigurationIsWrongUsage() throws IOException {
    Path config = Shapes.tinyConfig(folder);
    Files.writeString(config, Files.readString(config).replace("variants: 1", "variants: 0"));
    Call call = Call.of("train", "x", "--out", folder.resolve("run"), "--config", config);
    assertOneSentence(call, ExitCode.WRONG_USAGE, "variants is 0, but must be 1 to 100");
    assertThat(call.err()).contains(config.toString()).contains("transformerTraining");
  }

  @Test
  void aBundleOfANewerFormatIsRefusedWithBothVersions() throws IOException {
    Path file = folder.resolve("future.tessera");
    byte[] manifest = Manifest.newBuilder().setFormatVersion(99).build().toByteArray();
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry("manifest.pb");
      CRC32 crc = new CRC32();
      crc.update(manifest);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(manifest.length);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(manifest);
      zip.closeEntry();
    }
    Call sampled = Call.of("sample", "--model", file, "--out", folder.resolve("s.png"));
    assertOneSentence(sampled, ExitCode.FAILED, "99");
    assertOneSentence(Call.of("inspect", file), ExitCode.FAILED, "99");
  }

  @Test
  void stacktraceShowsWhereAFailureHappened() {
    Call call = Call.of("inspect", folder.resolve("none"), "--stacktrace");
    assertThat(call.err()).contains("\tat dev.tessera.cli.Inspection");
    assertThat(call.exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void anInterruptedAuditEndsWith130() throws IOException {
    Path pictures = Shapes.draw(folder.resolve("pictures"), false, 2);
    Interruption interruption = new Interruption();
    interruption.request();
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    Session session = new Session(nowhere, nowhere, interruption, false);
    assertThat(Main.run(new String[] {"audit", pictures.toString()}, session))
        .isEqualTo(ExitCode.INTERRUPTED);
  }

  @Test
  void failuresOfTheMachineAreSentencesToo() {
    assertThat(Explanation.of(new OutOfMemoryError("Java heap space")))
        .contains("out of memory (Java heap space)", "-Xmx");
    assertThat(
            Explanation.of(new ExceptionInInitializerError(new UnsatisfiedLinkError("no jnind"))))
        .contains("native libraries", "no jnind");
    assertThat(Explanation.of(new NoClassDefFoundError("Could not initialize class Nd4j")))
        .contains("native libraries", "Nd4j");
    assertThat(Explanation.of(new NullPointerException())).contains("internal error");
  }

  @Test
  void theModelThatShipsIsFoundWhereTheLauncherSaysItIs() throws IOException {
    Path file = Files.createFile(folder.resolve("model.tessera"));
    assertThat(ShippedModel.at(file.toString())).isEqualTo(file);
    String missing = folder.resolve("none.tessera").toString();
    assertThatThrownBy(() -> ShippedModel.at(missing)).hasMessageContaining("no model ships");
  }
}
