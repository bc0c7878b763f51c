package dev.tessera.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.model.Vqvae;
import dev.tessera.vqvae.model.VqvaeConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

class ShippedConfigsTest {
  private static final int BATCH = 2;

  private static Stream<String> names() {
    return ShippedConfigs.NAMES.stream();
  }

  /** The same recipe with few channels, layers and pixels. */
  private static RunConfig tiny(RunConfig config) {
    VqvaeConfig v = config.vqvae();
    PictureConfig picture = PictureConfig.square(4 * v.downsampling());
    VqvaeConfig vqvae =
        new VqvaeConfig(
            picture, v.downsampling(), 8, 8, v.residualBlocks(), v.quantiser(), v.loss());
    return new RunConfig(
        vqvae,
        config.vqvaeTraining(),
        new RunConfig.Text(300, 4),
        tiny(config.transformer()),
        config.transformerTraining(),
        config.schedule());
  }

  private static RunConfig.Transformer tiny(RunConfig.Transformer shape) {
    return new RunConfig.Transformer(
        8,
        shape.layers(),
        2,
        shape.masks(),
        shape.positions(),
        shape.sandwichNorm(),
        shape.queryKeyNorm(),
        shape.neighbourhood());
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyShippedConfigurationBuildsBothGraphs(String name) throws IOException {
    RunConfig config = tiny(ShippedConfigs.find(name));

    ParameterStore stage1 = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(stage1, DataType.FLOAT);
    Vqvae.Training vqvae = new Vqvae(config.vqvae(), graph, BATCH).training();
    Plan.training(graph, vqvae.loss(), graph.parameters(), vqvae.outputs());
    assertThat(stage1.names()).isNotEmpty();

    ParameterStore stage2 = new ParameterStore(1, DataType.FLOAT);
    ModelGraph second = new ModelGraph(stage2, DataType.FLOAT);
    Bpe tokenizer = Bpe.train(List.of("red heart"), config.text().vocabulary());
    TransformerConfig transformer = config.transformerConfig(tokenizer);
    Gpt gpt = Gpt.build(transformer, second, BATCH);
    Plan.training(second, gpt.loss(), second.parameters(), gpt.tokenLosses());
    assertThat(stage2.names()).isNotEmpty();
  }

  /** Those that learn a few pictures by heart were made for Adam. */
  @ParameterizedTest
  @MethodSource("names")
  void bothStagesLearnByMuon(String name) throws IOException {
    RunConfig config = ShippedConfigs.find(name);
    double expected = name.startsWith("overfit") ? 0 : 0.95;
    assertThat(config.vqvaeTraining().optimiser().muon()).isEqualTo(expected);
    assertThat(config.transformerTraining().optimiser().muon()).isEqualTo(expected);
  }
}
