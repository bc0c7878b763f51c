package dev.tessera.engine.plan;

import java.util.List;

/** One operation of a plan with its operands. */
abstract class Step {
  final String name;
  final List<Value> inputs;
  final List<Value> outputs;

  private Runnable code =
      () -> {
        throw new IllegalStateException("step " + name() + " is not bound");
      };
  private long nanoseconds;

  Step(String name, List<Value> inputs, List<Value> outputs) {
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
  }

  private String name() {
    return name;
  }

  /** What is computed, for people. */
  abstract String kind();

  /** Whether each element of the one output depends on the input elements at its place alone. */
  abstract boolean worksInPlace();

  /** The operation on the final arrays of its operands. */
  abstract Runnable code();

  /** Ties the operation to the final arrays of its operands. */
  final void bind() {
    code = code();
  }

  final void run() {
    code.run();
  }

  final void runTimed() {
    long start = System.nanoTime();
    code.run();
    nanoseconds += System.nanoTime() - start;
  }

  final long nanoseconds() {
    return nanoseconds;
  }
}
