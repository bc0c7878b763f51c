package dev.tessera.peer;

import static org.bytedeco.pytorch.global.torch.ones;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.randn;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.Function;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The parameters of a network as views of one flat buffer, their gradients as views of another, so
 * that one call of PyTorch's fused Adam updates all of them.
 */
final class Parameters {
  /**
   * PyTorch's fused Adam has no entry among the bindings, but TorchScript knows it. The lists are
   * returned because the script's compiler would otherwise drop the call: it does not see that the
   * call writes to their elements.
   */
  private static final String ADAM =
      """
      def adam(p: Tensor, g: Tensor, m: Tensor, v: Tensor, s: Tensor, lr: float):
          s += 1
          a, b, c = [p], [m], [v]
          torch._fused_adam_(a, [g], b, c, [], [s], lr=lr, beta1=0.9, beta2=0.999,
                             weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False)
          return a[0], b[0], c[0]
      """;

  /** One parameter; its tensor exists once all are allocated. */
  final class Parameter {
    private final long[] shape;
    private final Supplier<Tensor> values;
    private final int index;

    private Parameter(Supplier<Tensor> values, long... shape) {
      this.shape = shape;
      this.values = values;
      this.index = parameters.size();
    }

    Tensor tensor() {
      return tensors.get(index);
    }

    private long size() {
      long size = 1;
      for (long side : shape) {
        size *= side;
      }
      return size;
    }
  }

  private final List<Parameter> parameters = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<Tensor> state = new ArrayList<>();
  private final List<CompilationUnit> scripts = new ArrayList<>();

  /** A parameter drawn from a normal distribution with mean 0. */
  Parameter normal(double spread, long... shape) {
    return add(() -> randn(shape).mul(new Scalar(spread)), shape);
  }

  /** A parameter drawn evenly from −{@code bound} to {@code bound}. */
  Parameter uniform(double bound, long... shape) {
    return add(() -> rand(shape).mul(new Scalar(2 * bound)).sub(new Scalar(bound)), shape);
  }

  Parameter zero(long... shape) {
    return add(() -> zeros(shape), shape);
  }

  Parameter one(long... shape) {
    return add(() -> ones(shape), shape);
  }

  private Parameter add(Supplier<Tensor> values, long... shape) {
    Parameter parameter = new Parameter(values, shape);
    parameters.add(parameter);
    return parameter;
  }

  /** Makes the tensors, with gradients and moments. */
  void allocateForTraining() {
    Tensor flat = zeros(total());
    Tensor gradient = zeros(total());
    state.addAll(List.of(flat, gradient, zeros(total()), zeros(total()), zeros(1).squeeze()));
    scripts.add(torch.compile(ADAM));
    long offset = 0;
    for (Parameter parameter : parameters) {
      Tensor tensor = view(flat, offset, parameter);
      tensor.requires_grad_(true);
      tensor.mutable_grad().put(gradient.narrow(0, offset, parameter.size()).view(parameter.shape));
      tensors.add(tensor);
      offset += parameter.size();
    }
  }

  /** Makes the tensors, in the precision of products. */
  void allocateForInference(Setting setting) {
    Tensor flat = zeros(total());
    long offset = 0;
    for (Parameter parameter : parameters) {
      tensors.add(setting.cast(view(flat, offset, parameter)));
      offset += parameter.size();
    }
  }

  private static Tensor view(Tensor flat, long offset, Parameter parameter) {
    Tensor view = flat.narrow(0, offset, parameter.size()).view(parameter.shape);
    view.copy_(parameter.values.get().to(ScalarType.Float));
    return view.detach();
  }

  /** Numbers of all parameters. */
  long total() {
    return parameters.stream().mapToLong(Parameter::size).sum();
  }

  /** One update of all parameters; gradients are zero after it. */
  void step(double learningRate) {
    Function adam = scripts.get(0).get_function(new QualifiedName("adam"));
    IValueVector arguments = new IValueVector();
    for (Tensor tensor : state) {
      arguments.push_back(new IValue(tensor));
    }
    arguments.push_back(new IValue(learningRate));
    Gradients.without(
        () -> {
          adam.run(arguments);
          state.get(1).zero_();
        });
  }
}
