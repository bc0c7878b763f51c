package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.PictureLabels;
import dev.tessera.transformer.evaluation.measure.Bleu;
import dev.tessera.vqvae.data.PictureEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Captions that a model wrote, against the true ones.
 *
 * @param count of pictures, at least 1
 * @param exact share whose best caption has the words of a true caption, in order
 * @param bleu1 BLEU of single words, of the best captions
 * @param bleu4 BLEU of up to four words, of the best captions
 * @param parts of captions that name a concept and then a style; absent for a source without
 */
record WrittenCaptions(int count, double exact, double bleu1, double bleu4, Optional<Parts> parts) {
  /** Captions of a picture among which its concept is sought. */
  private static final int TOP = 5;

  /**
   * Which parts of "concept, style" captions are right.
   *
   * @param count of pictures whose concept and style are known
   * @param conceptAt1 share whose best caption names the concept
   * @param conceptAt5 share of which one of the five best captions does
   * @param style share whose best caption names the style
   */
  record Parts(int count, double conceptAt1, double conceptAt5, double style) {}

  /**
   * Compares.
   *
   * @param written for each picture, the best first, at least one
   * @param entries of the pictures, each with a caption
   */
  static WrittenCaptions of(List<List<String>> written, List<PictureEntry> entries) {
    Bleu words = new Bleu(1);
    Bleu phrases = new Bleu(4);
    int exact = 0;
    for (int i = 0; i < written.size(); i++) {
      String best = written.get(i).get(0);
      List<String> truths = entries.get(i).captions();
      words.add(best, truths);
      phrases.add(best, truths);
      List<String> own = PictureLabels.words(best);
      exact += truths.stream().map(PictureLabels::words).anyMatch(own::equals) ? 1 : 0;
    }
    return new WrittenCaptions(
        written.size(),
        (double) exact / written.size(),
        words.value(),
        phrases.value(),
        parts(written, entries));
  }

  private static Optional<Parts> parts(List<List<String>> written, List<PictureEntry> entries) {
    int count = 0;
    double atOnce = 0;
    double amongTop = 0;
    double style = 0;
    for (int i = 0; i < written.size(); i++) {
      PictureEntry entry = entries.get(i);
      List<Described> truths = new ArrayList<>();
      entry.captions().forEach(caption -> Described.of(caption).ifPresent(truths::add));
      if (entry.concept().isEmpty() || entry.style().isEmpty() || truths.isEmpty()) {
        continue;
      }
      count++;
      int rank = 0;
      for (String caption : written.get(i)) {
        Optional<Described> found = Described.of(caption);
        boolean right =
            found.isPresent()
                && truths.stream().anyMatch(truth -> truth.concept.equals(found.get().concept));
        if (right) {
          atOnce += rank == 0 ? 1 : 0;
          amongTop += rank < TOP ? 1 : 0;
          break;
        }
        rank++;
      }
      style +=
          Described.of(written.get(i).get(0))
                  .filter(best -> truths.stream().anyMatch(truth -> truth.style.equals(best.style)))
                  .isPresent()
              ? 1
              : 0;
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(new Parts(count, atOnce / count, amongTop / count, style / count));
  }

  /** A caption of the form "concept, style": the words before the last comma and after it. */
  private record Described(List<String> concept, List<String> style) {
    static Optional<Described> of(String caption) {
      int comma = caption.lastIndexOf(',');
      return comma < 0
          ? Optional.empty()
          : Optional.of(
              new Described(
                  PictureLabels.words(caption.substring(0, comma)),
                  PictureLabels.words(caption.substring(comma + 1))));
    }
  }

  /**
   * What the report says of them.
   *
   * @param order a sentence about the order that they are in, if it is not that of the likelihood
   */
  List<Figure> figures(int beams, String order) {
    String search =
        String.format(
            " The captions are the best that beam search of width %d finds for %d held-out"
                + " pictures.%s",
            beams, count, order);
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.share(
            "exact",
            "Captions exactly right",
            "Share of written captions with the words of a true caption in the same order, letters"
                + " and digits alone, in lower case."
                + search,
            exact,
            count));
    parts.ifPresent(found -> figures.addAll(figures(found, beams)));
    figures.add(
        Figure.of(
            "bleu1",
            "BLEU-1",
            Figure.Unit.NUMBER,
            "Precision of single words pooled over all pictures, each counted at most as often as"
                + " in a true caption, times the penalty for captions that are too short (Papineni"
                + " et al. 2002); 1 at best.",
            bleu1));
    figures.add(
        Figure.of(
            "bleu4",
            "BLEU-4",
            Figure.Unit.NUMBER,
            "The same as the geometric mean over one to four words in a row, not smoothed; 0 if no"
                + " four words in a row are right.",
            bleu4));
    return figures;
  }

  private static List<Figure> figures(Parts parts, int beams) {
    String form = "Captions have the form \"concept, style\". ";
    return List.of(
        Figure.share(
            "conceptAt1",
            "Concept in the caption",
            form
                + "Share of pictures whose best caption has the concept's words before its last comma.",
            parts.conceptAt1(),
            parts.count()),
        Figure.share(
            "conceptAt5",
            "Concept among the captions, R@5",
            String.format(
                "%sShare of pictures for which one of the %d best captions of a beam search of width"
                    + " %d has the concept's words before its last comma.",
                form, Math.min(TOP, beams), beams),
            parts.conceptAt5(),
            parts.count()),
        Figure.share(
            "style",
            "Style in the caption",
            form
                + "Share of pictures whose best caption has the style's words after its last comma.",
            parts.style(),
            parts.count()));
  }
}
