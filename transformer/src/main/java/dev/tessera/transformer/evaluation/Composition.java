package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.ConceptProbe;
import dev.tessera.transformer.evaluation.feature.StyleProbe;
import dev.tessera.transformer.evaluation.feature.WordProbe;
import dev.tessera.transformer.evaluation.measure.Ranks;
import dev.tessera.transformer.evaluation.measure.SharedInformation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Whether pictures show what was asked for, as the judge sees them.
 *
 * @param concepts ranks of the right concepts; absent where the judge knows none
 * @param styles Tribuo's report on the styles; absent where the judge knows none
 * @param styleInformation what the styles that the judge sees tell of those asked for
 * @param words share of a caption's words found, and guessed; absent unless captions are all that
 *     is known
 */
record Composition(
    Optional<Ranks> concepts,
    Optional<StyleProbe.Report> styles,
    Optional<SharedInformation> styleInformation,
    Optional<Words> words) {

  /** Shares of the words of captions. */
  record Words(int pictures, double found, double guessed) {}

  /**
   * Judges pictures.
   *
   * @param look at each
   * @param asked what each should show
   */
  static Composition of(PictureJudge judge, PictureJudge.Look look, MeasuredPictures asked) {
    return new Composition(
        judge.concepts().flatMap(probe -> concepts(probe, look, asked.concepts())),
        judge.styles().flatMap(it -> styles(it, look, asked.styles())),
        judge.styles().flatMap(it -> information(it, look, asked.styles())),
        judge.words().flatMap(probe -> words(probe, look, asked.captions())));
  }

  private static Optional<Ranks> concepts(
      ConceptProbe probe, PictureJudge.Look look, List<String> names) {
    return ofKnown(
        names,
        probe::knows,
        known ->
            new Ranks(
                Arrays.stream(known)
                    .map(i -> probe.rank(look.features()[i], names.get(i)))
                    .toArray(),
                probe.size()));
  }

  private static Optional<StyleProbe.Report> styles(
      StyleJudge judge, PictureJudge.Look look, List<String> names) {
    return ofKnown(
        names,
        judge::knows,
        known ->
            judge.report(
                Arrays.stream(known).mapToObj(i -> look.styles()[i]).toArray(double[][]::new),
                Arrays.stream(known).mapToObj(names::get).toList()));
  }

  private static Optional<SharedInformation> information(
      StyleJudge judge, PictureJudge.Look look, List<String> names) {
    return ofKnown(
        names,
        judge::knows,
        known ->
            SharedInformation.of(
                Arrays.stream(known).mapToObj(names::get).toList(),
                Arrays.stream(known).mapToObj(i -> judge.best(look.styles()[i])).toList()));
  }

  private static Optional<Words> words(
      WordProbe probe, PictureJudge.Look look, List<String> captions) {
    return ofKnown(
        captions,
        probe::knows,
        known -> {
          double found = 0;
          double guessed = 0;
          for (int i : known) {
            found += probe.found(look.descriptors()[i], captions.get(i)) / known.length;
            guessed += probe.guessed(captions.get(i)) / known.length;
          }
          return new Words(known.length, found, guessed);
        });
  }

  /** What a probe says of the pictures that it can judge; nothing if there are none. */
  private static <T> Optional<T> ofKnown(
      List<String> names, Predicate<String> knows, Function<int[], T> judgement) {
    int[] known =
        IntStream.range(0, names.size())
            .filter(i -> !names.get(i).isEmpty() && knows.test(names.get(i)))
            .toArray();
    return known.length == 0 ? Optional.empty() : Optional.of(judgement.apply(known));
  }

  /**
   * What the report says of it.
   *
   * @param prefix of the keys
   * @param what the pictures are, for titles
   * @param how the pictures were made, for definitions
   * @param real the same for real held-out pictures
   */
  List<Figure> figures(String prefix, String what, String how, Composition real) {
    List<Figure> figures = new ArrayList<>();
    if (concepts.isPresent() && real.concepts.isPresent()) {
      for (int k : new int[] {1, 5}) {
        Ranks ranks = concepts.get();
        figures.add(
            Figure.share(
                    prefix + "ConceptAt" + k,
                    String.format("Concept of %s, R@%d", what, k),
                    String.format(
                        "Share of %d %s whose concept is %s of the %d that the judge knows, by"
                            + " the angle to the mean features of its training pictures.",
                        ranks.ranks().length,
                        how,
                        k == 1 ? "the first" : "among the first " + k,
                        ranks.candidates()),
                    ranks.recallAt(k),
                    ranks.ranks().length)
                .real(real.concepts.get().recallAt(k))
                .chance(ranks.chanceAt(k)));
      }
    }
    if (styles.isPresent() && real.styles.isPresent()) {
      StyleProbe.Report report = styles.get();
      figures.add(
          Figure.share(
                  prefix + "Style",
                  "Style of " + what,
                  String.format(
                      "Share of %d %s whose style the judge names rightly: multinomial logistic"
                          + " regression over palette, sharpness and reach together with a small"
                          + " convolutional network, learned from training pictures and from"
                          + " copies of them that went through JPEG and blur.",
                      report.pictures(), how),
                  report.accuracy(),
                  report.pictures())
              .real(real.styles.get().accuracy())
              .chance(1.0 / report.confusion().size()));
    }
    if (styleInformation.isPresent() && real.styleInformation.isPresent()) {
      figures.add(
          Figure.of(
                  prefix + "StyleInformation",
                  "Information on the style, " + what,
                  Figure.Unit.BITS,
                  String.format(
                      "Mutual information of the style of the caption and the style that the judge"
                          + " sees, of %.3f bits possible; counted, so a little too high for few"
                          + " pictures.",
                      styleInformation.get().possible()),
                  styleInformation.get().bits())
              .real(real.styleInformation.get().bits())
              .chance(0));
    }
    if (words.isPresent() && real.words.isPresent()) {
      figures.add(
          Figure.of(
                  prefix + "Words",
                  "Words of " + what,
                  Figure.Unit.SHARE,
                  String.format(
                      "Of a caption's n words that the judge knows, the share among the n that it"
                          + " finds likeliest, averaged over %d %s: linear multi-label"
                          + " classification over descriptors. Chance names the commonest words.",
                      words.get().pictures(), how),
                  words.get().found())
              .real(real.words.get().found())
              .chance(words.get().guessed()));
    }
    return figures;
  }
}
