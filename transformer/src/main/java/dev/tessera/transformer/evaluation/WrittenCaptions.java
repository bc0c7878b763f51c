package dev.tessera.transformer.evaluation;

import dev.tessera.transformer.evaluation.feature.PictureLabels;
import dev.tessera.transformer.evaluation.measure.Bleu;
import java.util.List;

/**
 * Captions that a model wrote, against the true ones.
 *
 * @param count of pictures, at least 1
 * @param exact share that has the words of a true caption, in order
 * @param bleu1 BLEU of single words
 * @param bleu4 BLEU of up to four words
 */
record WrittenCaptions(int count, double exact, double bleu1, double bleu4) {

  /**
   * Compares.
   *
   * @param truths of each picture, at least one
   */
  static WrittenCaptions of(List<String> written, List<List<String>> truths) {
    Bleu words = new Bleu(1);
    Bleu phrases = new Bleu(4);
    int exact = 0;
    for (int i = 0; i < written.size(); i++) {
      words.add(written.get(i), truths.get(i));
      phrases.add(written.get(i), truths.get(i));
      List<String> own = PictureLabels.words(written.get(i));
      exact += truths.get(i).stream().map(PictureLabels::words).anyMatch(own::equals) ? 1 : 0;
    }
    return new WrittenCaptions(
        written.size(), (double) exact / written.size(), words.value(), phrases.value());
  }

  /** What the report says of them. */
  List<Figure> figures(int beams) {
    String search =
        String.format(
            " The captions are the best that beam search of width %d finds for %d held-out"
                + " pictures.",
            beams, count);
    return List.of(
        Figure.share(
            "exact",
            "Captions exactly right",
            "Share of written captions with the words of a true caption in the same order, letters"
                + " and digits alone, in lower case."
                + search,
            exact,
            count),
        Figure.of(
            "bleu1",
            "BLEU-1",
            Figure.Unit.NUMBER,
            "Precision of single words pooled over all pictures, each counted at most as often as"
                + " in a true caption, times the penalty for captions that are too short (Papineni"
                + " et al. 2002); 1 at best.",
            bleu1),
        Figure.of(
            "bleu4",
            "BLEU-4",
            Figure.Unit.NUMBER,
            "The same as the geometric mean over one to four words in a row, not smoothed; 0 if no"
                + " four words in a row are right.",
            bleu4));
  }
}
