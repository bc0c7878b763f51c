package dev.tessera.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.MaskPattern;
import dev.tessera.transformer.PositionEncoding;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.training.Adversary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  private static String shipped(String name) throws IOException {
    return ConfigFile.format(ShippedConfigs.find(name));
  }

  @ParameterizedTest
  @FieldSource("dev.tessera.cli.config.ShippedConfigs#NAMES")
  void whatIsWrittenIsReadBackAsTheSame(String name, @TempDir Path folder) throws IOException {
    RunConfig config = ShippedConfigs.find(name);
    Path file = folder.resolve("config.yaml");
    ConfigFile.write(config, file);
    assertThat(ConfigFile.read(file)).isEqualTo(config);
    assertThat(Files.readString(file)).doesNotContain("!<").contains("type: ");
  }

  @Test
  void anAdversaryIsReadBack() throws IOException {
    RunConfig config = ShippedConfigs.find("default");
    RunConfig adversarial =
        config.withVqvaeTraining(config.vqvaeTraining().with(Adversary.Patches.DEFAULT));
    String yaml = ConfigFile.format(adversarial);
    assertThat(yaml).contains("type: patches", "halvings: 2");
    assertThat(ConfigFile.parse(yaml, "c")).isEqualTo(adversarial);
    assertThatThrownBy(() -> ConfigFile.parse(yaml.replace("ramp:", "romp:"), "c"))
        .hasMessageContaining("vqvaeTraining.adversary.romp (did you mean ramp?)");
    assertThatThrownBy(() -> ConfigFile.parse(yaml.replaceAll("ramp: .*", "ramp: 1.5"), "c"))
        .hasMessageContaining("ramp is 1.5, but must be 0 to 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x123456, 0x1e5000, 0xABCDEF, 0xFFFFFF})
  void everyColourIsReadBackHoweverYamlWouldTakeIt(int colour) throws IOException {
    RunConfig config = ShippedConfigs.find("default");
    VqvaeConfig v = config.vqvae();
    PictureConfig picture =
        new PictureConfig(v.picture().height(), v.picture().width(), colour, v.picture().fit());
    RunConfig coloured = config.withVqvae(v.withPicture(picture));
    String yaml = ConfigFile.format(coloured);
    assertThat(ConfigFile.parse(yaml, "c")).isEqualTo(coloured);
    String unquoted = yaml.replaceAll("background: \"?(\\w+)\"?", "background: $1");
    assertThat(ConfigFile.parse(unquoted, "c")).isEqualTo(coloured);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | [causal, causal, causal, causal, causal, causal]",
        "[local] | [local, local, local, local, local, local]",
        "[row, column, row, conv] | [row, column, row, conv, row, column]",
        "[row, column, row, row, row, conv] | [row, column, row, row, row, conv]",
      })
  void masksAreRepeatedOverTheLayers(String written, String meant) throws IOException {
    String yaml = shipped("default");
    List<MaskPattern> masks =
        Arrays.stream(meant.replaceAll("[\\[\\]]", "").split(", "))
            .map(name -> MaskPattern.valueOf(name.toUpperCase(Locale.ROOT)))
            .toList();
    RunConfig config =
        ConfigFile.parse(yaml.replaceAll("masks:(\\n *- \"?\\w+\"?)+", "masks: " + written), "c");
    assertThat(config.transformer().masks()).isEqualTo(masks);
    assertThat(ConfigFile.parse(ConfigFile.format(config), "c")).isEqualTo(config);
  }

  @ParameterizedTest
  @EnumSource
  void everyVariantIsReadBackAsTheSame(PositionEncoding positions) throws IOException {
    String yaml =
        shipped("default")
            .replace(
                "positions: absolute", "positions: " + positions.name().toLowerCase(Locale.ROOT))
            .replace("sandwichNorm: false", "sandwichNorm: true")
            .replace("queryKeyNorm: false", "queryKeyNorm: true")
            .replace("neighbourhood: 0", "neighbourhood: 2");
    RunConfig config = ConfigFile.parse(yaml, "c");
    assertThat(config.transformer().positions()).isEqualTo(positions);
    assertThat(config.transformer().sandwichNorm()).isTrue();
    assertThat(config.transformer().queryKeyNorm()).isTrue();
    assertThat(config.transformer().neighbourhood()).isEqualTo(2);
    assertThat(ConfigFile.parse(ConfigFile.format(config), "c")).isEqualTo(config);
  }

  /** In what is written instead, a tilde stands for a new line of the same block. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gridWidth: 128 | gridWidth: 128~gridWidht: 1 | no key vqvae.gridWidht .did you mean"
            + " gridWidth",
        "gridWidth: 128 | gridWidht: 128 | line 9: there is no key vqvae.gridWidht .did you mean"
            + " gridWidth",
        "gridWidth: 128 | colour: 128 | no key vqvae.colour; allowed here: picture, downsampling, ",
        "gridWidth: 128 | # | the key vqvae.gridWidth is missing",
        "muon: 0.95 | # | the key vqvaeTraining.optimiser.muon is missing",
        "muon: 0.95 | muon: 1 | vqvaeTraining.optimiser the muon is 1.0, but must be 0 to below 1",
        "gridWidth: 128 | gridWidth: {a: 1} | the value of vqvae.gridWidth must be a whole number",
        "warmUpSteps: | warmupSteps: | vqvaeTraining.rate.warmupSteps .did you mean warmUpSteps",
        "levels: | leveles: | vqvae.quantiser.leveles .did you mean levels",
        "levels: | hue: | key vqvae.quantiser.hue; allowed here: type, levels, ",
        "gridWidth: 128 | gridWidth: many | the value of vqvae.gridWidth must be a whole number",
        "gridWidth: 128 | gridWidth: '12' | the value of vqvae.gridWidth must be a whole number",
        "gridWidth: 128 | gridWidth: 1.5 | the value of vqvae.gridWidth must be a whole number",
        "gridWidth: 128 | gridWidth: | the value of vqvae.gridWidth must be a whole number",
        "gridWidth: 128 | gridWidth: 2 | in vqvae the grid width is 2, but must be 4 to 1024",
        "flip: true | flip: yes | vqvaeTraining.augmentation.flip must be true or false",
        "shape: linear | shape: wavy | vqvaeTraining.rate.shape must be linear or cosine",
        "shape: linear | shape: 0 | vqvaeTraining.rate.shape must be linear or cosine",
        "positions: absolute | positions: polar | positions must be absolute or axial or rotary",
        "neighbourhood: 0 | neighbourhood: 5 | neighbourhood is 5, but must be 0 to 4",
        "layers: 6 | layers: 5 | in transformer the list of masks has 6 patterns, but there are 5"
            + " layers",
        "type: fsq | type: kmeans | the type of vqvae.quantiser must be one of fsq, vq, gumbel,"
            + " lfq",
        "type: fsq | type: gumbel | the key vqvae.quantiser.codebookSize is missing",
        "type: fsq | # | the type of vqvae.quantiser must be one of fsq, vq, gumbel, lfq",
        "background: ffffff | background: white | \"white\", but must be RRGGBB",
        "length: 16 | length: 16~length: 16 | the key length is there twice",
        "length: 16 | length: 16: 3 | no valid YAML",
        "text: | 3: | no key 3; allowed here: vqvae, ",
      })
  void aMistakeIsOneSentenceWithFileAndKey(String written, String instead, String sentence)
      throws IOException {
    String yaml = shipped("fsq").replace("\"ffffff\"", "ffffff");
    assertThat(yaml).contains(written);
    int at = yaml.indexOf(written);
    String wrong =
        yaml.substring(0, at)
            + instead.replace("~", "\n  ")
            + yaml.substring(at + written.length());
    assertThatThrownBy(() -> ConfigFile.parse(wrong, "my.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageMatching("(?s)my\\.yaml.*" + sentence + ".*")
        .message()
        .doesNotContain("\n")
        .doesNotContain("tools.jackson");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing", "- 1", "just text", "{}", "null"})
  void aFileOfAnotherKindIsRefused(String yaml) {
    assertThatThrownBy(() -> ConfigFile.parse(yaml, "my.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("my.yaml")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aNameThatIsNeitherShippedNorAFileIsRefusedWithTheNames() {
    assertThatThrownBy(() -> ShippedConfigs.find("defualt"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("\"defualt\" is neither a file nor one of default, demo");
  }
}
