package dev.tessera.engine.plan;

import dev.tessera.engine.graph.FlatMemory;
import dev.tessera.engine.graph.GraphTensor;
import dev.tessera.engine.graph.HostCopy;
import dev.tessera.engine.graph.ModelGraph;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A compiled graph: fill the placeholders, {@link #run}, read outputs and gradients. Nothing is
 * allocated by a run, and the arrays stay the same from run to run.
 *
 * <p>Not thread-safe.
 */
public final class Plan {
  private final Preparation preparation;
  private final List<Step> prepared;
  private final List<Step> steps;
  private final Map<String, INDArray> placeholders;
  private final Map<String, INDArray> outputs;
  private final Map<String, INDArray> gradients;
  private final FlatMemory gradientMemory;
  private final String summary;
  private final long bufferBytes;
  private long timedRuns;

  Plan(
      Preparation preparation,
      List<Step> steps,
      Map<String, INDArray> placeholders,
      Map<String, INDArray> outputs,
      Map<String, INDArray> gradients,
      FlatMemory gradientMemory,
      String summary,
      long bufferBytes) {
    this.preparation = preparation;
    this.prepared = preparation.steps();
    this.steps = steps;
    this.placeholders = placeholders;
    this.outputs = outputs;
    this.gradients = gradients;
    this.gradientMemory = gradientMemory;
    this.summary = summary;
    this.bufferBytes = bufferBytes;
  }

  /** A plan that computes outputs. */
  public static Plan forward(ModelGraph model, GraphTensor... outputs) {
    return new PlanCompiler(model, null, List.of())
        .compile(Arrays.stream(outputs).map(GraphTensor::name).toList());
  }

  /**
   * A plan that computes a loss, its gradients and other outputs.
   *
   * @param loss a tensor of one element
   * @param parameters names of the parameters to differentiate for
   */
  public static Plan training(
      ModelGraph model, GraphTensor loss, Collection<String> parameters, GraphTensor... outputs) {
    List<String> names =
        Stream.concat(Stream.of(loss), Arrays.stream(outputs)).map(GraphTensor::name).toList();
    return new PlanCompiler(model, loss, parameters).compile(names);
  }

  /** Sets a placeholder of real numbers, row-major. */
  public void set(String placeholder, float[] values) {
    HostCopy.write(values, find("placeholder", placeholders, placeholder));
  }

  /** Sets a placeholder of whole numbers, row-major. */
  public void set(String placeholder, int[] values) {
    HostCopy.write(values, find("placeholder", placeholders, placeholder));
  }

  /**
   * Sets a placeholder of real numbers from a part of an array.
   *
   * @param from where its first element is; the others follow
   */
  public void set(String placeholder, float[] values, int from) {
    HostCopy.write(values, from, find("placeholder", placeholders, placeholder));
  }

  /** Sets a placeholder of whole numbers from a part of an array. */
  public void set(String placeholder, int[] values, int from) {
    HostCopy.write(values, from, find("placeholder", placeholders, placeholder));
  }

  /** Number of elements of a placeholder. */
  public int length(String placeholder) {
    return Math.toIntExact(find("placeholder", placeholders, placeholder).length());
  }

  /** Computes all outputs and gradients. */
  public void run() {
    prepared.forEach(Step::run);
    runPrepared();
  }

  /** Like {@link #run}, and adds to the times that {@link #explain} shows. */
  public void runTimed() {
    prepared.forEach(Step::runTimed);
    runPreparedTimed();
  }

  /** What comes before {@link #runPrepared}. */
  Preparation preparation() {
    return preparation;
  }

  /** The rest of {@link #run} where somebody has run the preparation. */
  void runPrepared() {
    steps.forEach(Step::run);
  }

  /** Like {@link #runPrepared}, timed. */
  void runPreparedTimed() {
    steps.forEach(Step::runTimed);
    timedRuns++;
  }

  private List<Step> all() {
    return Stream.concat(prepared.stream(), steps.stream()).toList();
  }

  /**
   * What a timed run spends on operations of each kind, in milliseconds on average; empty before
   * the first.
   */
  public Map<String, Double> millisecondsByKind() {
    Map<String, Double> times = new TreeMap<>();
    if (timedRuns > 0) {
      double scale = 1e-6 / timedRuns;
      all().forEach(step -> times.merge(step.kind(), step.nanoseconds() * scale, Double::sum));
    }
    return times;
  }

  /** Whether there is an output of that name. */
  public boolean has(String output) {
    return outputs.containsKey(output);
  }

  /** The live array of an output, overwritten by the next run. */
  public INDArray output(String name) {
    return find("output", outputs, name);
  }

  /** A copy of an output. */
  public float[] floats(String output) {
    return HostCopy.floats(output(output));
  }

  /** An output of one element. */
  public double scalar(String output) {
    return output(output).getDouble(0);
  }

  /** The live array of the loss's gradient for a parameter, overwritten by the next run. */
  public INDArray gradient(String parameter) {
    return find("gradient", gradients, parameter);
  }

  /**
   * Where the live gradients are: each at the offset that its parameter has in the memory of the
   * store.
   */
  public FlatMemory gradients() {
    return gradientMemory;
  }

  /** Bytes of the buffers that steps write to. */
  public long bufferBytes() {
    return bufferBytes;
  }

  /** The steps in order, with shapes and, after timed runs, milliseconds in all. */
  public String explain() {
    StringBuilder text = new StringBuilder(summary).append('\n');
    for (Step step : all()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%9.2f ms  %-22s %s <-",
              step.nanoseconds() / 1e6,
              step.kind(),
              step.name));
      step.inputs.forEach(
          value -> text.append(' ').append(value.name).append(Arrays.toString(value.shape)));
      text.append(" ->");
      step.outputs.forEach(
          value -> text.append(' ').append(value.name).append(Arrays.toString(value.shape)));
      text.append('\n');
    }
    return text.toString();
  }

  private static INDArray find(String what, Map<String, INDArray> arrays, String name) {
    INDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "there is no " + what + " " + name + " among " + arrays.keySet());
    }
    return array;
  }
}
