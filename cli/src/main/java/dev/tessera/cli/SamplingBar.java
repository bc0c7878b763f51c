package dev.tessera.cli;

import dev.tessera.Tessera;
import dev.tessera.cli.progress.Bars;
import dev.tessera.transformer.decode.Progress;
import java.util.List;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;

/** The bar that moves while pictures are sampled, where somebody sees it. */
final class SamplingBar {
  private SamplingBar() {}

  /** What work makes that tells how far it is. */
  static List<Tessera.Sample> show(Session session, Function<Progress, List<Tessera.Sample>> work) {
    if (!session.showsBars()) {
      return work.apply(Progress.NONE);
    }
    try (ProgressBar bar = Bars.start("sampling", "tokens", 0, 1, session.err())) {
      return work.apply(
          (done, total) -> {
            bar.maxHint(total);
            bar.stepTo(done);
          });
    }
  }
}
