package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.measure.Distances;
import dev.tessera.transformer.evaluation.measure.Interval;
import dev.tessera.transformer.evaluation.measure.Manifold;
import java.util.ArrayList;
import java.util.List;

/** How samples are spread, beside real pictures. */
final class Variety {
  private Variety() {}

  /**
   * What the report says of it.
   *
   * @param look at the samples, two at least
   */
  static List<Figure> figures(
      PictureJudge judge, PictureJudge.Look look, EvaluationSettings settings) {
    String space = judge.space().name();
    double[][] samples = look.features();
    double[][] real = judge.real().features();
    List<Figure> figures = new ArrayList<>();
    Interval interval =
        Interval.bootstrap(samples, judge.frechet()::of, settings.resamples(), settings.seed());
    figures.add(
        Figure.of(
                "frechet",
                "Fréchet distance",
                Figure.Unit.NUMBER,
                String.format(
                    "Between %d samples and %,d training pictures in %s, as if both were normally"
                        + " distributed; 0 at best. The interval is that of %d bootstrap samples"
                        + " of the samples, less their bias. Fewer samples give larger distances:"
                        + " compare only equal numbers.",
                    samples.length, judge.training().length, space, settings.resamples()),
                judge.frechet().of(samples))
            .within(interval)
            .real(judge.frechet().of(real)));
    figures.add(
        Figure.of(
                "pairwise",
                "Distance of pairs",
                Figure.Unit.NUMBER,
                "Mean Euclidean distance of all pairs of samples in " + space + ".",
                Distances.meanPairwise(samples))
            .real(Distances.meanPairwise(real)));
    figures.add(
        Figure.share(
                "duplicates",
                "Duplicates among samples",
                String.format(
                    "Share of samples that differ from an earlier one by at most %s over"
                        + " thumbnails (see copies by pixels).",
                    Memorisation.COPY),
                Distances.duplicates(look.thumbnails(), Memorisation.COPY),
                samples.length)
            .real(Distances.duplicates(judge.real().thumbnails(), Memorisation.COPY)));
    if (real.length > Manifold.NEIGHBOURS) {
      Manifold manifold = Manifold.of(real, samples);
      Manifold training = Manifold.of(real, judge.someTraining(samples.length));
      String balls =
          String.format(
              " Around each real held-out picture a ball reaches to its %dth neighbour among them"
                  + " in %s (Naeem et al. 2020). For comparison as many training pictures.",
              Manifold.NEIGHBOURS, space);
      figures.add(
          Figure.of(
                  "density",
                  "Density",
                  Figure.Unit.NUMBER,
                  "In how many balls a sample lies, over that number of neighbours." + balls,
                  manifold.density())
              .real(training.density()));
      figures.add(
          Figure.of(
                  "coverage",
                  "Coverage",
                  Figure.Unit.SHARE,
                  "Share of the balls that hold a sample." + balls,
                  manifold.coverage())
              .real(training.coverage()));
    }
    return figures;
  }
}
