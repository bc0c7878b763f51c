package dev.tessera.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.transformer.model.Gpt;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The counts that shares of the peak are computed from, against the graphs' own parameters. */
class OperationCountTest {
  private final ParameterStore store = new ParameterStore(1, DataType.FLOAT);
  private final ModelGraph graph = new ModelGraph(store, Execution.plain());

  @Test
  void aGptMultipliesEachWeightButThoseOfTablesOncePerToken() {
    int batch = 2;
    GptShape shape = GptShape.TINY;
    Gpt.build(shape.config(), graph, batch);
    double weights = 0;
    for (String name : store.names()) {
      if (name.endsWith("/weight")) {
        weights += store.array(name).length();
      }
    }
    double length = shape.config().sequenceLength();
    double scores = 2 * length * length * shape.config().width(); // of all heads together
    double attention = 2 * scores * shape.config().layers() * batch;
    assertThat(shape.trainingOperations(batch))
        .isCloseTo(3 * (2 * weights * batch * length + attention), within(1.0));
  }

  @Test
  void aDiscreteVaeMultipliesEachWeightAtEachOfItsPlaces() {
    VaeShape shape = VaeShape.TINY;
    new DiscreteVae(shape, graph).loss(shape.batch());
    double places = 0;
    for (String name : store.names()) {
      if (!name.endsWith("/bias")) {
        INDArray weight = store.array(name);
        places += (double) weight.length() * square(sideWhereUsed(name, shape));
      }
    }
    assertThat(shape.trainingOperations()).isCloseTo(6 * shape.batch() * places, within(1.0));
  }

  /** Positions along a side that a kernel is laid on: of the smaller picture if it halves one. */
  private static int sideWhereUsed(String name, VaeShape shape) {
    if (name.equals("decoder/out/weight")) {
      return shape.side();
    }
    int digit = name.indexOf("/weight") - 1;
    if (name.startsWith("encoder/down")) {
      return shape.side() >> (name.charAt(digit) - '0' + 1);
    }
    if (name.startsWith("decoder/up")) {
      return shape.grid() << (name.charAt(digit) - '0');
    }
    return shape.grid();
  }

  private static double square(double x) {
    return x * x;
  }
}
