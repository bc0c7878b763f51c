package dev.tessera.vqvae.quantiser;

import dev.tessera.engine.store.TensorMap;
import java.util.List;
import java.util.Optional;

/** Several learners side by side; each sees the same and has states of its own. */
final class CodebookLearners implements CodebookLearner {
  private final List<CodebookLearner> learners;

  private CodebookLearners(List<CodebookLearner> learners) {
    this.learners = learners;
  }

  /** One for all of a list, if there are any; a single one stays itself, names of its state too. */
  static Optional<CodebookLearner> of(List<CodebookLearner> learners) {
    return learners.size() > 1
        ? Optional.of(new CodebookLearners(List.copyOf(learners)))
        : learners.stream().findFirst();
  }

  @Override
  public void observe(int[] codes, float[] selection, float[] observed) {
    learners.forEach(learner -> learner.observe(codes, selection, observed));
  }

  @Override
  public void update(long step, double progress) {
    learners.forEach(learner -> learner.update(step, progress));
  }

  @Override
  public boolean isQuantising() {
    return learners.stream().allMatch(CodebookLearner::isQuantising);
  }

  @Override
  public TensorMap state() {
    TensorMap all = new TensorMap();
    for (int i = 0; i < learners.size(); i++) {
      TensorMap state = learners.get(i).state();
      for (String name : state.names()) {
        all.put(prefix(i) + name, state.get(name));
      }
    }
    return all;
  }

  @Override
  public void restore(TensorMap state) {
    for (int i = 0; i < learners.size(); i++) {
      TensorMap own = new TensorMap();
      for (String name : state.names()) {
        if (name.startsWith(prefix(i))) {
          own.put(name.substring(prefix(i).length()), state.get(name));
        }
      }
      learners.get(i).restore(own);
    }
  }

  private static String prefix(int learner) {
    return learner + "/";
  }
}
