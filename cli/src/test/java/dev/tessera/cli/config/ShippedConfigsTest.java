package dev.tessera.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.Plan;
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
        new VqvaeConfig(picture, v.downsampling(), 8, 8, v.residualBlocks(), v.quantiser());
    return new RunConfig(
        vqvae,
        config.vqvaeTraining(),
        new RunConfig.Text(300, 4),
        new RunConfig.Transformer(8, 1, 2, List.of()),
        config.transformerTraining(),
        config.schedule());
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyShippedConfigurationBuildsBothGraphs(String name) throws IOException {
    RunConfig config = tiny(ShippedConfigs.find(name));

    ParameterStore stage1 = new ParameterStore(1, DataType.FLOAT);
    ModelGraph graph = new ModelGraph(stage1, DataType.FLOAT);
    Vqvae.Training vqvae = new Vqvae(config.vqvae(), graph, BATCH).training();
    Plan.training(graph, vqvae.loss(), graph.parameters(), vqvae.selection());
    assertThat(stage1.names()).isNotEmpty();

    ParameterStore stage2 = new ParameterStore(1, DataType.FLOAT);
    ModelGraph second = new ModelGraph(stage2, DataType.FLOAT);
    RunConfig.Transformer shape = config.transformer();
    TransformerConfig transformer =
        new TransformerConfig(
            config.text().vocabulary(),
            config.text().length(),
            config.vqvae().quantiser().codebookSize(),
            config.vqvae().gridHeight(),
            config.vqvae().gridColumns(),
            shape.width(),
            shape.layers(),
            shape.heads(),
            shape.masks(),
            config.transformerTraining().infillShare() > 0);
    Gpt gpt = Gpt.build(transformer, second, BATCH);
    Plan.training(second, gpt.loss(), second.parameters(), gpt.tokenLosses());
    assertThat(stage2.names()).isNotEmpty();
  }
}
