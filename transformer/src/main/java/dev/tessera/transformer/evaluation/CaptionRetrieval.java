package dev.tessera.transformer.evaluation;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.evaluation.measure.Ranks;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.training.HeldOutBits;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which caption belongs to which picture. By likelihood, a picture's caption is sought among others
 * by what the picture costs given each; a caption's picture among others by what the caption costs
 * given each. Either way all candidates explain the same tokens, so that none is favoured for being
 * short or plain. By a ranker, the same questions are answered by its scores.
 *
 * @param captions ranks of the right captions of pictures
 * @param pictures ranks of the right pictures of captions
 */
record CaptionRetrieval(Ranks captions, Ranks pictures) {

  /**
   * Asks the generator.
   *
   * @param texts caption of each picture; empty for none
   * @param codes of each picture
   * @return nothing if fewer than two captions differ
   */
  static Optional<CaptionRetrieval> of(
      Bundle.Stage2 stage2,
      HeldOutBits bits,
      List<String> texts,
      int[][] codes,
      EvaluationSettings settings,
      EvaluationListener listener) {
    List<int[]> questions = questions(texts, settings);
    if (questions.isEmpty()) {
      return Optional.empty();
    }
    SequenceBuilder builder = new SequenceBuilder(stage2.config());
    double[][] captionScores = new double[questions.size()][];
    double[][] pictureScores = new double[questions.size()][];
    for (int q = 0; q < questions.size(); q++) {
      listener.progress("telling captions apart", q, questions.size());
      int[] candidates = questions.get(q);
      List<TokenSequence> forward = new ArrayList<>();
      List<TokenSequence> reverse = new ArrayList<>();
      int[] own = stage2.tokenizer().encode(texts.get(candidates[0]));
      for (int candidate : candidates) {
        int[] text = stage2.tokenizer().encode(texts.get(candidate));
        forward.add(builder.build(text, codes[candidates[0]], Direction.FORWARD));
        reverse.add(builder.build(own, codes[candidate], Direction.REVERSE));
      }
      captionScores[q] = new double[candidates.length];
      pictureScores[q] = new double[candidates.length];
      HeldOutBits.Bits[] images = bits.measure(forward);
      HeldOutBits.Bits[] words = bits.measure(reverse);
      for (int i = 0; i < candidates.length; i++) {
        captionScores[q][i] = -images[i].image();
        pictureScores[q][i] = -words[i].text();
      }
    }
    int[] right = new int[questions.size()];
    return Optional.of(
        new CaptionRetrieval(Ranks.of(captionScores, right), Ranks.of(pictureScores, right)));
  }

  /**
   * Asks a ranker the same questions.
   *
   * @param texts caption of each picture; empty for none
   * @param pictures as many
   * @return nothing if fewer than two captions differ
   */
  static Optional<CaptionRetrieval> of(
      Ranker ranker,
      Bpe tokenizer,
      List<String> texts,
      List<Rgb> pictures,
      EvaluationSettings settings) {
    List<int[]> questions = questions(texts, settings);
    if (questions.isEmpty()) {
      return Optional.empty();
    }
    float[][] ofPictures = ranker.pictures(pictures);
    float[][] ofTexts = ranker.texts(texts.stream().map(tokenizer::encode).toList());
    double[][] captionScores = new double[questions.size()][];
    double[][] pictureScores = new double[questions.size()][];
    for (int q = 0; q < questions.size(); q++) {
      int[] candidates = questions.get(q);
      int own = candidates[0];
      captionScores[q] =
          Arrays.stream(candidates)
              .mapToDouble(other -> Ranker.score(ofPictures[own], ofTexts[other]))
              .toArray();
      pictureScores[q] =
          Arrays.stream(candidates)
              .mapToDouble(other -> Ranker.score(ofPictures[other], ofTexts[own]))
              .toArray();
    }
    int[] right = new int[questions.size()];
    return Optional.of(
        new CaptionRetrieval(Ranks.of(captionScores, right), Ranks.of(pictureScores, right)));
  }

  /** For each question the candidates, the right one first; all have different captions. */
  private static List<int[]> questions(List<String> texts, EvaluationSettings settings) {
    List<Integer> captioned = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      if (!texts.get(i).isEmpty()) {
        captioned.add(i);
      }
    }
    long different = captioned.stream().map(texts::get).distinct().count();
    int size = (int) Math.min(settings.candidates(), different);
    List<int[]> questions = new ArrayList<>();
    if (size < 2) {
      return questions;
    }
    for (int first : EvenlySpaced.indices(captioned.size(), settings.questions())) {
      int q = questions.size();
      CounterRandom random = new CounterRandom(settings.seed(), "retrieval", q);
      List<Integer> candidates = new ArrayList<>();
      List<String> taken = new ArrayList<>();
      int own = captioned.get(first);
      candidates.add(own);
      taken.add(texts.get(own));
      for (int at : random.permutation(captioned.size())) {
        int other = captioned.get(at);
        if (candidates.size() < size && !taken.contains(texts.get(other))) {
          candidates.add(other);
          taken.add(texts.get(other));
        }
      }
      questions.add(candidates.stream().mapToInt(i -> i).toArray());
    }
    return questions;
  }

  /** What the report says of an answer by likelihood. */
  List<Figure> figuresOfLikelihood() {
    return figures(
        "caption",
        "picture",
        "",
        "the likelihood of the picture's tokens given each",
        "the likelihood of the caption given each");
  }

  /** What the report says of an answer by a ranker. */
  List<Figure> figuresOfRanker() {
    String score = "the ranker's score of each for it";
    return figures("rankerCaption", "rankerPicture", " by the ranker", score, score);
  }

  private List<Figure> figures(
      String captionKey, String pictureKey, String who, String forwardBy, String reverseBy) {
    int asked = captions.ranks().length;
    String among =
        String.format(" %d questions of %d candidates each.", asked, captions.candidates());
    String forward =
        "For a held-out picture, its caption is sought among others by " + forwardBy + ";";
    String reverse =
        "For a caption, its held-out picture is sought among others by " + reverseBy + ";";
    List<Figure> figures = new ArrayList<>();
    for (int k : new int[] {1, 5}) {
      String found = k == 1 ? " share found first." : " share found among the first " + k + ".";
      figures.add(
          Figure.share(
                  captionKey + "At" + k,
                  "Caption of a picture" + who + ", R@" + k,
                  forward + found + among,
                  captions.recallAt(k),
                  asked)
              .chance(captions.chanceAt(k)));
      figures.add(
          Figure.share(
                  pictureKey + "At" + k,
                  "Picture of a caption" + who + ", R@" + k,
                  reverse + found + among,
                  pictures.recallAt(k),
                  asked)
              .chance(pictures.chanceAt(k)));
    }
    return figures;
  }
}
