package dev.tessera.engine.fused;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.imports.converters.DifferentialFunctionClassHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.CustomOpDescriptor;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * The node of a SameDiff graph that stands for a {@link FusedKernel}.
 *
 * <p>Creating a gradient graph copies nodes through a serialised form that keeps whole-number
 * arguments only. So everything is written there: kind; number of attributes, attributes; and for
 * each input its type, its rank and its sizes.
 */
public final class FusedOperation extends DynamicCustomOp {
  private static final String NAME = "tessera_fused";

  static {
    register();
  }

  /** For the copies that SameDiff makes. */
  public FusedOperation() {}

  private FusedOperation(SameDiff graph, SDVariable[] inputs, long[] arguments) {
    super(null, graph, inputs);
    addIArgument(arguments);
  }

  /** Adds a node to a graph; its results. */
  static List<Typed> add(SameDiff graph, FusedKernel kernel, Typed... inputs) {
    List<TensorType> types = Arrays.stream(inputs).map(Typed::type).toList();
    SDVariable[] from = Arrays.stream(inputs).map(Typed::variable).toArray(SDVariable[]::new);
    FusedOperation node = new FusedOperation(graph, from, encode(kernel, types));
    return typed(node.outputVariables(), kernel.results(types));
  }

  private static List<Typed> typed(SDVariable[] variables, List<TensorType> types) {
    List<Typed> typed = new ArrayList<>();
    for (int i = 0; i < variables.length; i++) {
      typed.add(new Typed(variables[i], types.get(i)));
    }
    return typed;
  }

  private static long[] encode(FusedKernel kernel, List<TensorType> inputs) {
    LongStream.Builder arguments = LongStream.builder();
    arguments.add(EnumCode.of(kernel.kind()));
    arguments.add(kernel.attributes().length);
    Arrays.stream(kernel.attributes()).forEach(arguments);
    for (TensorType input : inputs) {
      arguments.add(EnumCode.of(input.type()));
      arguments.add(input.shape().length);
      Arrays.stream(input.shape()).forEach(arguments);
    }
    return arguments.build().toArray();
  }

  /**
   * Copies are made from a table of the classes of ND4J's own operations, by their numbers. What
   * the native library has no number for is written under 0.
   */
  @SuppressWarnings("unchecked")
  private static void register() {
    try {
      Field classes = DifferentialFunctionClassHolder.class.getDeclaredField("customOpHashToClass");
      classes.setAccessible(true);
      ((Map<Long, Class<?>>) classes.get(DifferentialFunctionClassHolder.getInstance()))
          .put(0L, FusedOperation.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What this node computes. */
  public FusedKernel kernel() {
    long[] arguments = iArgs();
    FusedKind kind = EnumCode.decode(FusedKind.class, arguments[0]);
    return kind.decode(Arrays.copyOfRange(arguments, 2, 2 + (int) arguments[1]));
  }

  /** Types of the inputs. */
  public List<TensorType> inputTypes() {
    long[] arguments = iArgs();
    List<TensorType> types = new ArrayList<>();
    int next = 2 + (int) arguments[1];
    while (next < arguments.length) {
      int sizes = next + 2;
      int end = sizes + (int) arguments[next + 1];
      long[] shape = Arrays.copyOfRange(arguments, sizes, end);
      types.add(new TensorType(EnumCode.decode(DataType.class, arguments[next]), shape));
      next = end;
    }
    return types;
  }

  /** Types of the results. */
  public List<TensorType> resultTypes() {
    return kernel().results(inputTypes());
  }

  @Override
  public String opName() {
    return NAME;
  }

  @Override
  public long opHash() {
    return NAME.hashCode();
  }

  @Override
  public int getNumOutputs() {
    return resultTypes().size();
  }

  @Override
  public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
    return resultTypes().stream().map(TensorType::type).toList();
  }

  @Override
  public CustomOpDescriptor getDescriptor() {
    return CustomOpDescriptor.builder()
        .hash(opHash())
        .numInputs(args().length)
        .numOutputs(getNumOutputs())
        .allowsInplace(false)
        .numTArgs(0)
        .numIArgs(-1)
        .build();
  }

  @Override
  public List<SDVariable> doDiff(List<SDVariable> upstream) {
    List<TensorType> resultTypes = resultTypes();
    if (upstream.stream().allMatch(Objects::isNull)) {
      // Whole numbers were read by nothing that has a slope.
      return Arrays.stream(args()).map(sameDiff::zerosLike).toList();
    }
    List<Typed> gradients = new ArrayList<>();
    for (int i = 0; i < upstream.size(); i++) {
      SDVariable gradient = upstream.get(i);
      gradients.add(new Typed(gradient, resultTypes.get(i).with(gradient.dataType())));
    }
    Derivation derivation =
        new Derivation(
            sameDiff,
            typed(args(), inputTypes()),
            typed(outputVariables(), resultTypes),
            gradients);
    List<SDVariable> results = new ArrayList<>();
    List<@Nullable Typed> found = kernel().gradients(derivation);
    for (int i = 0; i < found.size(); i++) {
      Typed gradient = found.get(i);
      results.add(gradient == null ? sameDiff.zerosLike(arg(i)) : gradient.variable());
    }
    return results;
  }

  @Override
  public Map<String, Object> propertiesForFunction() {
    return new HashMap<>();
  }

  @Override
  public void setPropertiesForFunction(Map<String, Object> properties) {
    // Whole-number arguments are all there is.
  }

  @Override
  public void configureFromArguments() {
    // The kernel is read from the arguments when it is asked for.
  }
}
