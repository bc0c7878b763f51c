package dev.tessera;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.bundle.Provenance;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.Likelihood;
import dev.tessera.transformer.decode.Progress;
import dev.tessera.transformer.decode.SamplingOptions;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.transformer.edit.Completion;
import dev.tessera.transformer.edit.CompletionOptions;
import dev.tessera.transformer.edit.PictureMask;
import dev.tessera.transformer.edit.VariationOptions;
import dev.tessera.transformer.naming.CaptionFit;
import dev.tessera.transformer.naming.CaptionSearch;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.transformer.ranker.RankBy;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.vqvae.model.CodeSearch;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.model.Tiling;
import dev.tessera.vqvae.picture.PictureConfig;
import dev.tessera.vqvae.picture.Rgb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A trained model, ready for use.
 *
 * <p>Safe to use on any number of threads: calls that need the decoder wait for each other. It
 * prints nothing, keeps nothing outside itself, and a result depends on the call's arguments alone.
 */
public final class Tessera implements AutoCloseable {
  /** Most pictures of an interpolation. */
  public static final int MAXIMUM_STEPS = 1000;

  private static final int ROWS = 32;

  private final Bundle bundle;
  private final PictureCodec codec;
  private final Supplier<WeightFormat> format;
  private @Nullable IncrementalDecoder decoder;

  /** Of the same weights, made when the first hole is filled. */
  private @Nullable IncrementalDecoder rasterDecoder;

  private @Nullable Ranker ranker;
  private boolean closed;

  /**
   * A sampled picture.
   *
   * @param picture of the model's size, or of the picture's own if a part of one was filled
   * @param prompt that it was sampled for; empty for none
   * @param logLikelihood of the tokens that were sampled given the prompt and those that were not,
   *     in nats
   * @param number of the sample, which with the seed decides on it
   * @param score that pictures of a prompt were chosen by, as {@link RankBy} says; not a number
   *     where nothing was chosen
   */
  public record Sample(
      Rgb picture, String prompt, double logLikelihood, long number, double score) {}

  /**
   * A picture's place among others.
   *
   * @param index of the picture in what was given
   * @param score that it has for the prompt, as {@link RankBy} says
   */
  public record Ranked(int index, double score) {}

  /**
   * A caption for a picture.
   *
   * @param text of the caption
   * @param logLikelihood of its tokens and its end given the picture, in nats
   * @param perToken the same per token
   */
  public record Description(String text, double logLikelihood, double perToken) {}

  /**
   * One of the texts that were offered for a picture.
   *
   * @param text as it was offered
   * @param logLikelihood of its tokens and its end given the picture, in nats
   * @param probability that it is the right one if one of them is, 0 to 1
   */
  public record Choice(String text, double logLikelihood, double probability) {}

  private Tessera(Bundle bundle, Supplier<WeightFormat> format) {
    this.bundle = bundle;
    this.format = format;
    this.codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution::best);
  }

  /**
   * Loads a model.
   *
   * @param file a bundle, {@code NAME.tessera}
   * @throws IOException if it is missing, damaged, or was written by a newer version
   */
  public static Tessera load(Path file) throws IOException {
    return new Tessera(Bundle.read(file), WeightFormat::best);
  }

  /**
   * Loads a model.
   *
   * @param file a bundle, {@code NAME.tessera}
   * @param format of the weights that tokens are decoded with; results differ between formats
   * @throws IOException if it is missing, damaged, or was written by a newer version
   */
  public static Tessera load(Path file, WeightFormat format) throws IOException {
    return new Tessera(Bundle.read(file), () -> format);
  }

  /** The shape of the pictures that the model makes. */
  public PictureConfig pictureConfig() {
    return bundle.vqvae().picture();
  }

  /** Where the model comes from. */
  public Provenance provenance() {
    return bundle.provenance();
  }

  /** Whether a prompt is longer than the model's text, so that its end will be cut. */
  public boolean isTruncated(String prompt) {
    Bundle.Stage2 stage2 = stage2();
    return stage2.tokenizer().encode(prompt).length >= stage2.config().textLength();
  }

  /**
   * Samples one picture for each prompt.
   *
   * @param prompts any text; empty for a picture without a prompt
   * @param options picture i depends on the seed and i, not on the other prompts
   * @param progress told the image tokens that are done
   * @param cancelled asked before each step
   * @throws IllegalStateException if the model has no stage 2
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public synchronized List<Sample> sample(
      List<String> prompts, SamplingOptions options, Progress progress, BooleanSupplier cancelled) {
    Bpe tokenizer = stage2().tokenizer();
    List<ImagePrompt> asked = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      asked.add(ImagePrompt.text(tokenizer.encode(prompts.get(i)), i));
    }
    return pictures(asked, prompts, options, progress, cancelled);
  }

  private List<Sample> pictures(
      List<ImagePrompt> asked,
      List<String> prompts,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    List<ImageSample> samples = codes(asked, asked.size(), options, progress, cancelled);
    List<Rgb> pictures =
        codec.decode(samples.stream().map(ImageSample::codes).toArray(int[][]::new));
    List<Sample> result = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      result.add(
          new Sample(
              pictures.get(i),
              prompts.get(i),
              samples.get(i).logLikelihood(),
              asked.get(i).sample(),
              Double.NaN));
    }
    return result;
  }

  /**
   * Samples several pictures for each prompt and returns the best by all that the model has to
   * judge them by.
   *
   * @see #sampleBest(List, int, int, RankBy, SamplingOptions, Progress, BooleanSupplier)
   */
  public List<Sample> sampleBest(
      List<String> prompts,
      int kept,
      int candidates,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    return sampleBest(prompts, kept, candidates, RankBy.ALL, options, progress, cancelled);
  }

  /**
   * Samples several pictures for each prompt and returns the best.
   *
   * @param prompts none of them empty
   * @param kept pictures returned for each prompt, the best first, 1 to {@code candidates}
   * @param candidates pictures sampled for each prompt; those of prompt i have the numbers i ·
   *     candidates and on
   * @param by what they are put in order by
   * @param options as for {@link #sample}
   * @param progress told the image tokens that are done
   * @param cancelled asked before each step
   * @return kept pictures of the first prompt, then those of the second, and so on
   * @throws IllegalArgumentException if a prompt is empty or a number out of its range
   * @throws IllegalStateException if the model was trained without captions, or has no ranker and
   *     was asked for it
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public synchronized List<Sample> sampleBest(
      List<String> prompts,
      int kept,
      int candidates,
      RankBy by,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    requireRanking(by);
    RankBy known = known(by);
    if (kept < 1 || kept > candidates) {
      throw new IllegalArgumentException(
          "%d pictures of %d candidates are to be kept, but it must be 1 to all"
              .formatted(kept, candidates));
    }
    List<ImagePrompt> asked = new ArrayList<>();
    for (String prompt : prompts) {
      int[] bpe = rankable(prompt);
      for (int i = 0; i < candidates; i++) {
        asked.add(ImagePrompt.text(bpe, asked.size()));
      }
    }
    int decoded = known == RankBy.LIKELIHOOD ? kept * prompts.size() : asked.size();
    List<ImageSample> samples = codes(asked, decoded, options, progress, cancelled);
    List<int[]> texts = asked.stream().map(ImagePrompt::bpe).toList();
    List<int[]> codes = samples.stream().map(ImageSample::codes).toList();
    List<Rgb> shown =
        known == RankBy.LIKELIHOOD ? List.of() : codec.decode(codes.toArray(int[][]::new));
    double[] scores = scores(known, texts, () -> codes, shown, cancelled);
    List<Integer> best = new ArrayList<>();
    for (int first = 0; first < asked.size(); first += candidates) {
      best.addAll(order(scores, first, first + candidates).subList(0, kept));
    }
    List<Rgb> pictures =
        shown.isEmpty()
            ? codec.decode(best.stream().map(codes::get).toArray(int[][]::new))
            : best.stream().map(shown::get).toList();
    List<Sample> result = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      int number = best.get(i);
      result.add(
          new Sample(
              pictures.get(i),
              prompts.get(number / candidates),
              samples.get(number).logLikelihood(),
              number,
              scores[number]));
    }
    return result;
  }

  /** Puts pictures in order by how well they fit a prompt by all that the model has, best first. */
  public List<Ranked> rank(String prompt, List<Rgb> pictures, BooleanSupplier cancelled) {
    return rank(prompt, pictures, RankBy.ALL, cancelled);
  }

  /**
   * Puts pictures in order by how well they fit a prompt, the best first.
   *
   * @param pictures of the model's size
   * @param by what they are put in order by
   * @throws IllegalArgumentException if the prompt is empty
   * @throws IllegalStateException if the model was trained without captions, or has no ranker and
   *     was asked for it
   */
  public synchronized List<Ranked> rank(
      String prompt, List<Rgb> pictures, RankBy by, BooleanSupplier cancelled) {
    requireRanking(by);
    List<int[]> texts = Collections.nCopies(pictures.size(), rankable(prompt));
    double[] scores =
        scores(
            known(by),
            texts,
            () -> List.of(codec.encode(pictures.size(), pictures::get)),
            pictures,
            cancelled);
    return order(scores, 0, scores.length).stream().map(i -> new Ranked(i, scores[i])).toList();
  }

  /** Whether the model has a ranker, so that pictures can be chosen by {@link RankBy#RANKER}. */
  public boolean hasRanker() {
    return bundle.ranker().isPresent();
  }

  private void requireRanking(RankBy by) {
    requireCaptions();
    if (by == RankBy.RANKER && !hasRanker()) {
      throw new IllegalStateException(
          "the model has no ranker: do without, or add one with tessera train-ranker");
    }
  }

  /** All that a model has is the likelihood alone where it has nothing else. */
  private RankBy known(RankBy by) {
    boolean alone = bundle.ranker().isEmpty() && bundle.naming().isEmpty();
    return by == RankBy.ALL && alone ? RankBy.LIKELIHOOD : by;
  }

  /**
   * How well each text and the picture beside it fit each other.
   *
   * @param codes of the pictures, not asked for by the ranker alone
   * @param pictures not looked at for the likelihood alone
   */
  private double[] scores(
      RankBy by,
      List<int[]> texts,
      Supplier<List<int[]>> codes,
      List<Rgb> pictures,
      BooleanSupplier cancelled) {
    return switch (by) {
      case LIKELIHOOD -> new Likelihood(decoder()).textGivenImage(texts, codes.get(), cancelled);
      case RANKER -> ranker().fits(pictures, texts);
      case ALL ->
          new CaptionFit(stage2().tokenizer(), namer())
              .ofPictures(
                  pictures,
                  texts,
                  new Likelihood(decoder()).textGivenImage(texts, codes.get(), cancelled),
                  rankerIfAny().map(it -> it.fits(pictures, texts)),
                  cancelled);
    };
  }

  private int[] rankable(String prompt) {
    if (prompt.isBlank()) {
      throw new IllegalArgumentException(
          "the prompt is empty, but pictures are put in order by how well they fit one");
    }
    return stage2().tokenizer().encode(prompt);
  }

  /** Indices from {@code from} to {@code to − 1} by falling score, equal ones as they are. */
  private static List<Integer> order(double[] scores, int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
        .toList();
  }

  /**
   * Samples tokens while another thread prepares what makes pictures of them: for the first
   * pictures of a process, the one takes about as long as the other.
   *
   * @param pictures that will be made of the tokens
   */
  private List<ImageSample> codes(
      List<ImagePrompt> asked,
      int pictures,
      SamplingOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    boolean holes =
        stage2().config().infilling() && asked.stream().anyMatch(ImagePrompt::needsInfilling);
    ImageSampler sampler = new ImageSampler(decoder(), holes ? rasterDecoder() : null);
    CompletableFuture<Void> prepared =
        CompletableFuture.runAsync(() -> codec.prepareDecoder(pictures), Tessera::inBackground);
    try {
      return sampler.sample(asked, options, progress, cancelled);
    } finally {
      // A failure waits for decode, which meets it again where the caller can see it.
      prepared.exceptionally(failure -> null).join();
    }
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "tessera-preparation");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Fills a part of a picture. All else comes back as it is, to the bit, in the picture's own size.
   *
   * <p>A model that was trained without infilling fills from the top to the bottom only: the mask
   * must be the picture's last rows then, cut between two rows of tokens.
   *
   * @param picture of any size
   * @param mask of the picture's size: what is to be filled
   * @throws IllegalArgumentException if the mask has another size, fills nothing, or fills what the
   *     model does not see of the picture
   * @throws IllegalStateException if the model has no stage 2 or cannot fill such a part
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public synchronized List<Sample> complete(
      Rgb picture,
      PictureMask mask,
      CompletionOptions options,
      Progress progress,
      BooleanSupplier cancelled) {
    Bundle.Stage2 stage2 = stage2();
    Completion completion = new Completion(bundle.vqvae(), picture, mask);
    boolean[] known = completion.known();
    int[] codes = codec.encode(completion.seen());
    int[] bpe = stage2.tokenizer().encode(options.prompt());
    List<ImagePrompt> asked = new ArrayList<>();
    for (int i = 0; i < options.count(); i++) {
      asked.add(new ImagePrompt(bpe, known, codes, i));
    }
    requireFillable(asked.get(0));
    List<Sample> samples = new ArrayList<>();
    for (Sample sample :
        pictures(
            asked, prompts(options.prompt(), asked), options.sampling(), progress, cancelled)) {
      Rgb finished = completion.finish(sample.picture());
      samples.add(
          new Sample(
              finished, sample.prompt(), sample.logLikelihood(), sample.number(), sample.score()));
    }
    return samples;
  }

  /** Fills a part of a picture once, without a prompt. */
  public Rgb complete(Rgb picture, PictureMask mask) {
    return complete(picture, mask, CompletionOptions.DEFAULT, Progress.NONE, () -> false)
        .get(0)
        .picture();
  }

  /**
   * Draws a share of a picture's tokens anew, here and there, given all others.
   *
   * @param picture of the model's size
   * @throws IllegalStateException if the model has no stage 2 or was trained without infilling
   * @throws java.util.concurrent.CancellationException if cancelled
   */
  public synchronized List<Sample> vary(
      Rgb picture, VariationOptions options, Progress progress, BooleanSupplier cancelled) {
    Bundle.Stage2 stage2 = stage2();
    int[] codes = codec.encode(picture);
    int[] bpe = stage2.tokenizer().encode(options.prompt());
    List<ImagePrompt> asked = new ArrayList<>();
    for (int i = 0; i < options.count(); i++) {
      asked.add(new ImagePrompt(bpe, options.known(codes.length, i), codes, i));
    }
    asked.forEach(this::requireFillable);
    return pictures(
        asked, prompts(options.prompt(), asked), options.sampling(), progress, cancelled);
  }

  /**
   * Pictures on the way from one to another, evenly spread. Each token passes over the codes
   * between its first and its last; stage 1 is enough for that.
   *
   * @param first of the model's size
   * @param last of the model's size
   * @param steps pictures in all, from 2 to {@value #MAXIMUM_STEPS}; the first and the last are
   *     what the codebook makes of those that were given
   */
  public List<Rgb> interpolate(Rgb first, Rgb last, int steps) {
    requireOpen();
    if (steps < 2 || steps > MAXIMUM_STEPS) {
      throw new IllegalArgumentException(
          "steps is " + steps + ", but must be 2 to " + MAXIMUM_STEPS);
    }
    return codec.decode(codec.between(codec.encode(first), codec.encode(last), steps));
  }

  /** Whether any part of a picture can be filled, not only its last rows. */
  public boolean fillsAnywhere() {
    return stage2().config().infilling();
  }

  private void requireFillable(ImagePrompt prompt) {
    if (prompt.needsInfilling() && !fillsAnywhere()) {
      throw new IllegalStateException(
          "the model was trained without infilling, so it can only fill the last rows of a picture:"
              + " ask for bottom:SHARE, or train with an infillShare above 0");
    }
  }

  private static List<String> prompts(String prompt, List<ImagePrompt> asked) {
    return Collections.nCopies(asked.size(), prompt);
  }

  /**
   * Puts texts in order by how likely they are given a picture, the likeliest first: classification
   * without training for it. Texts that are written as the training captions are do best.
   *
   * @param picture of the model's size
   * @param choices at least one, none of them empty or too long for the model
   * @throws IllegalArgumentException if a choice is empty or too long
   * @throws IllegalStateException if the model was trained without captions
   */
  public synchronized List<Choice> classify(
      Rgb picture, List<String> choices, BooleanSupplier cancelled) {
    requireCaptions();
    if (choices.isEmpty()) {
      throw new IllegalArgumentException("there are no choices, but one is needed at least");
    }
    int[] codes = codec.encode(picture);
    List<Likelihood.Pair> pairs = new ArrayList<>();
    for (String choice : choices) {
      if (choice.isBlank() || isTruncated(choice)) {
        throw new IllegalArgumentException(
            choice.isBlank()
                ? "a choice is empty"
                : "the choice \"" + choice + "\" is longer than the model's text");
      }
      pairs.add(new Likelihood.Pair(stage2().tokenizer().encode(choice), codes));
    }
    double[] likelihoods = new Likelihood(decoder()).textGivenImage(pairs, cancelled);
    double best = Arrays.stream(likelihoods).max().orElseThrow();
    double sum = Arrays.stream(likelihoods).map(l -> Math.exp(l - best)).sum();
    List<Choice> ranked = new ArrayList<>();
    for (int i = 0; i < likelihoods.length; i++) {
      double probability = Math.exp(likelihoods[i] - best) / sum;
      ranked.add(new Choice(choices.get(i), likelihoods[i], probability));
    }
    ranked.sort(Comparator.comparingDouble(Choice::logLikelihood).reversed());
    return ranked;
  }

  /** Samples one picture without a prompt. */
  public Rgb sample(SamplingOptions options) {
    return sample("", options);
  }

  /** Samples one picture for a prompt. */
  public Rgb sample(String prompt, SamplingOptions options) {
    return sample(List.of(prompt), options, Progress.NONE, () -> false).get(0).picture();
  }

  /**
   * The most likely captions that beam search finds, best first.
   *
   * @param picture of the model's size
   * @param beams texts followed at once, and captions returned at most, 1 to {@value #ROWS}
   * @throws IllegalStateException if the model was trained without captions
   */
  public synchronized List<Description> caption(Rgb picture, int beams, BooleanSupplier cancelled) {
    requireCaptions();
    int[] codes = codec.encode(picture);
    return describe(new Captioner(decoder()).search(codes, beams, cancelled));
  }

  /**
   * Captions that are sought in all ways that the model knows, the best first, as {@link
   * CaptionSearch} says: the right one is among the first far more often than by likelihood alone.
   *
   * @param picture of the model's size
   * @param width captions that each way may find, 1 to {@value #ROWS}
   * @throws IllegalStateException if the model was trained without captions, or has neither a
   *     ranker nor naming
   */
  public synchronized List<Description> captionBest(
      Rgb picture, int width, BooleanSupplier cancelled) {
    requireCaptions();
    if (bundle.naming().isEmpty()) {
      requireRanking(RankBy.RANKER);
    }
    CaptionSearch search =
        new CaptionSearch(decoder(), stage2().tokenizer(), rankerIfAny(), namer());
    return describe(search.best(picture, codec.encode(picture), width, cancelled));
  }

  /** The most likely caption that a search with eight beams finds. */
  public String caption(Rgb picture) {
    return caption(picture, 8, () -> false).get(0).text();
  }

  /**
   * Captions drawn at random, the most likely first.
   *
   * @param picture of the model's size
   * @throws IllegalStateException if the model was trained without captions
   */
  public synchronized List<Description> sampleCaptions(
      Rgb picture, int count, SamplingOptions options, BooleanSupplier cancelled) {
    requireCaptions();
    int[] codes = codec.encode(picture);
    return describe(new Captioner(decoder()).sample(codes, count, options, cancelled));
  }

  /** A picture of the model's size as the codebook can express it. */
  public Rgb reconstruct(Rgb picture) {
    return reconstruct(picture, 0);
  }

  /**
   * The same by better codes, for which more time is taken.
   *
   * @param picture of the model's size
   * @param sweeps how often each code is reconsidered, 0 to {@value CodeSearch#MAXIMUM_SWEEPS};
   *     {@link CodeSearch} says what they cost
   */
  public Rgb reconstruct(Rgb picture, int sweeps) {
    requireOpen();
    return codec.decode(new CodeSearch(codec, sweeps).encode(1, i -> picture)).get(0);
  }

  /**
   * A picture of any size as the codebook can express it, at its own resolution: in tiles of the
   * model's size, blended where they overlap.
   */
  public Rgb reconstructTiled(Rgb picture) {
    return reconstructTiled(picture, 0);
  }

  /**
   * The same by better codes, for which more time is taken.
   *
   * @param sweeps as in {@link #reconstruct(Rgb, int)}
   */
  public Rgb reconstructTiled(Rgb picture, int sweeps) {
    requireOpen();
    return Tiling.of(codec, new CodeSearch(codec, sweeps)).reconstruct(picture);
  }

  private List<Description> describe(List<Caption> captions) {
    Bpe tokenizer = stage2().tokenizer();
    return captions.stream()
        .map(c -> new Description(tokenizer.decode(c.bpe()), c.logLikelihood(), c.perToken()))
        .toList();
  }

  private void requireCaptions() {
    stage2();
    if (bundle.provenance().captioned() == 0) {
      throw new IllegalStateException(
          "the model was trained on pictures without captions, so it cannot write any");
    }
  }

  private Bundle.Stage2 stage2() {
    requireOpen();
    return bundle
        .stage2()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the model has stage 1 only: it can reconstruct pictures, but not make any"));
  }

  private IncrementalDecoder decoder() {
    if (decoder == null) {
      decoder = newDecoder();
    }
    return decoder;
  }

  private IncrementalDecoder rasterDecoder() {
    if (rasterDecoder == null) {
      rasterDecoder = newDecoder();
    }
    return rasterDecoder;
  }

  private IncrementalDecoder newDecoder() {
    Bundle.Stage2 stage2 = stage2();
    TransformerConfig config = stage2.config();
    TransformerWeights weights = TransformerWeights.read(config, stage2.weights());
    return new IncrementalDecoder(config, weights, ROWS, format.get());
  }

  private Optional<Ranker> rankerIfAny() {
    return hasRanker() ? Optional.of(ranker()) : Optional.empty();
  }

  private Optional<Namer> namer() {
    return bundle.naming().map(Bundle.TrainedNaming::namer);
  }

  private Ranker ranker() {
    if (ranker == null) {
      Bundle.TrainedRanker trained = bundle.ranker().orElseThrow();
      ranker = new Ranker(trained.config(), trained.parameters(), Execution::best);
    }
    return ranker;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  /** Releases memory and threads; the model cannot be used any more. */
  @Override
  public synchronized void close() {
    closed = true;
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
    if (rasterDecoder != null) {
      rasterDecoder.close();
      rasterDecoder = null;
    }
    if (ranker != null) {
      ranker.close();
      ranker = null;
    }
    codec.close();
  }
}
