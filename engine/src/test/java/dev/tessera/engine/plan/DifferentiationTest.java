package dev.tessera.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.Initialiser;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class DifferentiationTest {
  private final PrintStream original = System.out;
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
  private final PrintStream console = new PrintStream(captured, true, StandardCharsets.UTF_8);

  @BeforeEach
  void capture() {
    System.setOut(console);
  }

  @AfterEach
  void release() {
    System.setOut(original);
  }

  private static ModelGraph chain(int length) {
    ModelGraph graph = new ModelGraph(new ParameterStore(1, DataType.FLOAT), DataType.FLOAT);
    GraphTensor x = graph.parameter("w", Initialiser.normal(1), 2, 2);
    for (int i = 0; i < length; i++) {
      x = graph.ops().tanh(x);
    }
    graph.ops().sum(x).named("loss");
    return graph;
  }

  @Test
  void leavesStandardOutputAsItWasAndPrintsNothing() {
    Differentiation.gradientGraph(chain(5).sameDiff(), "loss", List.of("w"));
    assertThat(System.out).isSameAs(console);
    assertThat(captured.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void restoresStandardOutputAfterAFailure() {
    ModelGraph graph = chain(2);
    assertThatThrownBy(
            () -> Differentiation.gradientGraph(graph.sameDiff(), "nothing", List.of("w")))
        .isInstanceOf(RuntimeException.class);
    assertThat(System.out).isSameAs(console);
  }

  @Test
  void otherThreadsPrintMeanwhile() throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger printed = new AtomicInteger();
    CountDownLatch started = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              while (!done.get()) {
                System.out.println("line " + printed.getAndIncrement() + " of the other thread");
                started.countDown();
              }
            });
    other.start();
    started.await();
    int before = printed.get();
    int after = before;
    // On a busy machine the other thread may have to wait for its turn.
    for (int tries = 0; tries < 100 && after <= before + 1; tries++) {
      before = printed.get();
      Differentiation.gradientGraph(chain(60).sameDiff(), "loss", List.of("w"));
      after = printed.get();
    }
    done.set(true);
    other.join();

    assertThat(after).as("lines printed meanwhile").isGreaterThan(before + 1);
    List<String> lines = captured.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(printed.get());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo("line " + i + " of the other thread");
    }
  }
}
