package dev.tessera.transformer.evaluation;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.store.Tensor;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.transformer.bundle.Bundle;
import dev.tessera.transformer.decode.Caption;
import dev.tessera.transformer.decode.Captioner;
import dev.tessera.transformer.decode.ImagePrompt;
import dev.tessera.transformer.decode.ImageSample;
import dev.tessera.transformer.decode.ImageSampler;
import dev.tessera.transformer.decode.IncrementalDecoder;
import dev.tessera.transformer.decode.TransformerWeights;
import dev.tessera.transformer.decode.WeightFormat;
import dev.tessera.transformer.evaluation.feature.NearestNeighbours.Neighbour;
import dev.tessera.transformer.naming.CaptionSearch;
import dev.tessera.transformer.naming.Namer;
import dev.tessera.transformer.ranker.RankBy;
import dev.tessera.transformer.ranker.Ranker;
import dev.tessera.transformer.training.HeldOutBits;
import dev.tessera.vqvae.data.EvenlySpaced;
import dev.tessera.vqvae.data.PictureEntry;
import dev.tessera.vqvae.data.PictureSource;
import dev.tessera.vqvae.data.PreparedPictures;
import dev.tessera.vqvae.measure.CodebookUsage;
import dev.tessera.vqvae.measure.Fidelity;
import dev.tessera.vqvae.measure.FidelityByGroup;
import dev.tessera.vqvae.model.PictureCodec;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All measures of one model: of its reconstructions, its likelihoods, the samples that it makes for
 * the captions of held-out pictures, and the captions that it writes for those pictures. The same
 * seed gives the same figures, but for those of the section {@value #SPEED}.
 */
public final class ModelEvaluation {
  /** The section whose figures depend on the machine and its other work. */
  public static final String SPEED = "speed";

  private static final int ROWS = 32;
  private static final int SHOWN = 24;
  private static final int SHOWN_COPIES = 8;
  private static final int FLOAT_BYTES = 4;
  private static final double NANOSECONDS = 1e9;

  private final Bundle bundle;
  private final PictureSource source;
  private final PictureJudge judge;
  private final EvaluationSettings settings;
  private final EvaluationListener listener;
  private final MeasuredPictures heldOut;
  private final List<Section> sections = new ArrayList<>();

  private ModelEvaluation(
      Bundle bundle,
      PictureSource source,
      PictureJudge judge,
      EvaluationSettings settings,
      EvaluationListener listener) {
    this.bundle = bundle;
    this.source = source;
    this.judge = judge;
    this.settings = settings;
    this.listener = listener;
    this.heldOut = judge.heldOut();
  }

  /**
   * Measures a model.
   *
   * @param bundle of both stages, or of stage 1 alone, of which less is measured
   * @param source tells the groups of pictures
   * @param judge of the same source at the model's picture size
   * @throws IllegalArgumentException if the judge has seen pictures of another size
   */
  public static ModelReport of(
      Bundle bundle,
      PictureSource source,
      PictureJudge judge,
      EvaluationSettings settings,
      EvaluationListener listener) {
    if (!judge.pictures().config().equals(bundle.vqvae().picture())) {
      throw new IllegalArgumentException(
          "the model's pictures are "
              + bundle.vqvae().picture()
              + ", but the judge's "
              + judge.pictures().config());
    }
    try (PictureCodec codec =
        new PictureCodec(
            bundle.vqvae(), new ParameterStore(bundle.vqvaeWeights()), Execution.best())) {
      return new ModelEvaluation(bundle, source, judge, settings, listener).report(codec);
    }
  }

  private ModelReport report(PictureCodec codec) {
    PreparedPictures pictures = judge.pictures();
    int[] measured = judge.measured();
    listener.progress("reconstructing", 0, measured.length);
    FidelityByGroup fidelity = FidelityByGroup.of(codec, codec, pictures, measured, source::group);
    int[][] codes = codec.encode(measured.length, i -> heldOut.pictures().get(i));
    List<Rgb> reconstructions = codec.decode(codes);
    listener.progress("reconstructing", measured.length, measured.length);
    data(pictures, measured.length);
    reconstruction(fidelity);
    List<Gallery.Reconstruction> pairs = new ArrayList<>();
    for (int i : EvenlySpaced.indices(measured.length, SHOWN)) {
      pairs.add(new Gallery.Reconstruction(heldOut.pictures().get(i), reconstructions.get(i)));
    }
    if (bundle.stage2().isEmpty()) {
      return new ModelReport(
          sections,
          Optional.empty(),
          new Gallery(pairs, List.of(), List.of(), List.of(), List.of()));
    }
    return generative(bundle.stage2().get(), codec, codes, reconstructions, pairs);
  }

  private void data(PreparedPictures pictures, int measured) {
    String split = "After removing duplicates by pixels, as training splits them.";
    sections.add(
        new Section(
            "data",
            "Data",
            List.of(
                count("pictures", "Pictures", "All that could be used. " + split, pictures.size()),
                count(
                    "training",
                    "Training pictures",
                    "Those that training sees. " + split,
                    pictures.training().length),
                count(
                    "heldOut",
                    "Held-out pictures",
                    "Those that training does not see; of a source with concepts and styles, pairs"
                        + " whose concept training sees in another style. "
                        + split,
                    pictures.heldOut().length),
                count(
                    "measured",
                    "Measured pictures",
                    "Held-out pictures that the figures are measured on, evenly spaced; training"
                        + " pictures if none is held out.",
                    measured),
                count(
                    "captioned",
                    "Captioned pictures",
                    "Pictures with at least one caption.",
                    pictures.captioned()))));
  }

  private static Figure count(String key, String title, String definition, long value) {
    return Figure.of(key, title, Figure.Unit.COUNT, definition, (double) value);
  }

  private void reconstruction(FidelityByGroup fidelity) {
    Fidelity all = fidelity.all();
    List<Figure> figures = new ArrayList<>();
    // A perfect reconstruction has no finite PSNR.
    if (Double.isFinite(all.psnr())) {
      figures.add(
          Figure.of(
              "psnr",
              "PSNR",
              Figure.Unit.DECIBELS,
              "10 lg(255² / mean squared error), pooled over all 8-bit RGB values of all pictures;"
                  + " higher is better.",
              all.psnr()));
    }
    figures.add(number("ssim", "SSIM", "Structural similarity; 1 at best.", all.ssim()));
    figures.add(
        number(
            "multiScaleSsim",
            "MS-SSIM",
            "Structural similarity over several scales; 1 at best.",
            all.multiScaleSsim()));
    figures.add(
        number(
            "colourError",
            "Colour error",
            "Mean colour difference ΔE of 1976; 0 at best.",
            all.colourError()));
    figures.add(
        number(
            "edgeError",
            "Edge error",
            "Mean difference of Sobel gradients, in levels per pixel; 0 at best.",
            all.edgeError()));
    fidelity
        .groups()
        .forEach(
            (name, group) -> {
              if (Double.isFinite(group.psnr())) {
                figures.add(
                    Figure.of(
                        "psnr:" + name,
                        "PSNR, " + name,
                        Figure.Unit.DECIBELS,
                        String.format(
                            "The same over the %d pictures of %s.", group.pictures(), name),
                        group.psnr()));
              }
            });
    sections.add(new Section("reconstruction", "Reconstruction (stage 1)", figures));
  }

  private static Figure number(String key, String title, String definition, double value) {
    return Figure.of(key, title, Figure.Unit.NUMBER, definition, value);
  }

  private ModelReport generative(
      Bundle.Stage2 stage2,
      PictureCodec codec,
      int[][] codes,
      List<Rgb> reconstructions,
      List<Gallery.Reconstruction> pairs) {
    likelihood(codec);
    boolean captions =
        bundle.provenance().captioned() > 0
            && heldOut.captions().stream().anyMatch(caption -> !caption.isEmpty());
    int[] prompted =
        IntStream.range(0, heldOut.size())
            .filter(i -> !captions || !heldOut.captions().get(i).isEmpty())
            .toArray();
    List<Gallery.Captioned> written = new ArrayList<>();
    List<ImageSample> tokens;
    List<Rgb> samples;
    Map<RankBy, List<Rgb>> chosen = Map.of();
    double secondsPerSample;
    double secondsPerCaption;
    try (IncrementalDecoder decoder =
        new IncrementalDecoder(
            stage2.config(),
            TransformerWeights.read(stage2.config(), stage2.weights()),
            ROWS,
            WeightFormat.best())) {
      long begin = System.nanoTime();
      tokens = sample(stage2, decoder, prompted, captions);
      samples = codec.decode(tokens.stream().map(ImageSample::codes).toArray(int[][]::new));
      secondsPerSample = (System.nanoTime() - begin) / NANOSECONDS / samples.size();
      if (captions && settings.rerank() > 1) {
        chosen =
            new Reranked(bundle, decoder, codec, settings, listener)
                .choose(texts(stage2, prompted), tokens);
      }
      secondsPerCaption = captions ? captions(stage2, decoder, codes, written) : 0;
    }
    if (captions) {
      retrieval(stage2, codes);
    }
    listener.progress("judging", 0, 1);
    PictureJudge.Look look = judge.look(samples);
    MeasuredPictures asked = asked(prompted);
    Optional<Composition> composition =
        captions
            ? Optional.of(composition(look, asked, reconstructions, chosen))
            : Optional.empty();
    if (samples.size() > 1) {
      sections.add(
          new Section("variety", "Variety of samples", Variety.figures(judge, look, settings)));
    }
    listener.progress("judging", 1, 1);
    Memorisation sampled = Memorisation.of(judge, look, listener);
    Memorisation real = Memorisation.of(judge, judge.real(), listener);
    sections.add(
        new Section(
            "memorisation",
            "Memorisation",
            sampled.figures(real, judge.space().name(), judge.training().length)));
    codebook(codes, tokens);
    speed(stage2, secondsPerSample, secondsPerCaption);
    return new ModelReport(
        sections,
        composition.flatMap(Composition::styles),
        new Gallery(
            pairs,
            shown(samples, look, prompted, captions),
            written,
            neighbours(samples, sampled),
            neighbours(heldOut.pictures(), real)));
  }

  private void likelihood(PictureCodec codec) {
    listener.progress("measuring likelihoods", 0, 1);
    HeldOutEvaluation evaluation =
        HeldOutEvaluation.of(
            bundle, codec, judge.pictures(), judge.measured(), judge.training(), settings.seed());
    HeldOutEvaluation.Likelihoods bits = evaluation.likelihood().orElseThrow();
    int tokens = bundle.vqvae().tokens();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        bits(
                "imageBits",
                "Bits per image token",
                "What an image token of a held-out picture costs given its caption (or nothing, for"
                    + " pictures without), on average; lower is better. Chance is the positional"
                    + " unigram: the entropy of the codes at each place over the training"
                    + " pictures.",
                bits.imageBits())
            .chance(bits.positionalUnigramBits()));
    figures.add(
        bits(
            "bitsPerDimension",
            "Bits per dimension",
            String.format(
                "The same times %d tokens, over the %d values of a picture: what the tokens cost."
                    + " They do not give the pixels back exactly, so this is no bound on lossless"
                    + " compression.",
                tokens, bundle.vqvae().picture().bytes()),
            bits.imageBits() * tokens / bundle.vqvae().picture().bytes()));
    if (Double.isFinite(bits.shuffledBits())) {
      figures.add(
          bits(
              "shuffledBits",
              "Bits per image token, wrong caption",
              "The same given the caption of another held-out picture of the same style.",
              bits.shuffledBits()));
      figures.add(
          number(
              "captionP",
              "p of the difference",
              "Probability of so large a difference between right and wrong captions by chance"
                  + " (10,000 random flips of the signs of the paired differences).",
              bits.p()));
    }
    if (Double.isFinite(bits.textBits())) {
      figures.add(
          bits(
              "textBits",
              "Bits per text token",
              "What a token of a held-out picture's caption costs given the picture, its end"
                  + " included, on average; lower is better.",
              bits.textBits()));
    }
    sections.add(new Section("likelihood", "Likelihood of held-out pictures", figures));
    listener.progress("measuring likelihoods", 1, 1);
  }

  private static Figure bits(String key, String title, String definition, double value) {
    return Figure.of(key, title, Figure.Unit.BITS, definition, value);
  }

  private List<ImageSample> sample(
      Bundle.Stage2 stage2, IncrementalDecoder decoder, int[] prompted, boolean captions) {
    List<int[]> texts =
        captions ? texts(stage2, prompted) : Collections.nCopies(prompted.length, new int[0]);
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int i = 0; i < prompted.length; i++) {
      prompts.add(ImagePrompt.text(texts.get(i), i));
    }
    return new ImageSampler(decoder)
        .sample(
            prompts,
            settings.sampling(),
            (done, total) -> listener.progress("sampling", done, total),
            () -> false);
  }

  /** The captions of held-out pictures as tokens. */
  private List<int[]> texts(Bundle.Stage2 stage2, int[] which) {
    return Arrays.stream(which)
        .mapToObj(i -> stage2.tokenizer().encode(heldOut.captions().get(i)))
        .toList();
  }

  /** Writes captions; returns the seconds that one takes. */
  private double captions(
      Bundle.Stage2 stage2,
      IncrementalDecoder decoder,
      int[][] codes,
      List<Gallery.Captioned> written) {
    int[] captioned =
        IntStream.range(0, heldOut.size())
            .filter(i -> !heldOut.captions().get(i).isEmpty())
            .toArray();
    int[] which = EvenlySpaced.of(captioned, settings.captionedPictures());
    if (which.length == 0) {
      return 0;
    }
    Captioner captioner = new Captioner(decoder);
    List<List<String>> texts = new ArrayList<>();
    List<PictureEntry> entries = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < which.length; i++) {
      listener.progress("writing captions", i, which.length);
      List<String> best =
          decoded(stage2, captioner.search(codes[which[i]], settings.beams(), () -> false));
      texts.add(best);
      entries.add(heldOut.entries().get(which[i]));
      if (written.size() < SHOWN) {
        written.add(
            new Gallery.Captioned(
                heldOut.pictures().get(which[i]), heldOut.captions().get(which[i]), best.get(0)));
      }
    }
    double seconds = (System.nanoTime() - begin) / NANOSECONDS / which.length;
    sections.add(
        new Section(
            "captions",
            "Captions written",
            WrittenCaptions.of(texts, entries).figures(settings.beams(), "")));
    if (settings.rerank() > 1 && (bundle.ranker().isPresent() || bundle.naming().isPresent())) {
      chosenCaptions(stage2, decoder, codes, which, entries);
    }
    return seconds;
  }

  /** Captions as {@link CaptionSearch} finds them. */
  private void chosenCaptions(
      Bundle.Stage2 stage2,
      IncrementalDecoder decoder,
      int[][] codes,
      int[] which,
      List<PictureEntry> entries) {
    Optional<Ranker> ranker =
        bundle.ranker().map(it -> new Ranker(it.config(), it.parameters(), Execution::best));
    Optional<Namer> namer = bundle.naming().map(Bundle.TrainedNaming::namer);
    List<List<String>> texts = new ArrayList<>();
    try {
      CaptionSearch search = new CaptionSearch(decoder, stage2.tokenizer(), ranker, namer);
      for (int i = 0; i < which.length; i++) {
        listener.progress("choosing captions", i, which.length);
        Rgb picture = heldOut.pictures().get(which[i]);
        texts.add(decoded(stage2, search.best(picture, codes[which[i]], ROWS, () -> false)));
      }
    } finally {
      ranker.ifPresent(Ranker::close);
    }
    sections.add(
        new Section(
            "chosenCaptions",
            "Captions written, chosen by all that the model knows",
            WrittenCaptions.of(texts, entries)
                .figures(ROWS, order(ranker.isPresent(), namer.isPresent()))));
  }

  private static String order(boolean ranked, boolean named) {
    return String.format(
        "%s They are in the order of their likelihood%s%s.",
        named
            ? " To them come " + ROWS + " that are made of the likeliest parts, as naming finds."
            : "",
        named ? ", of how likely their parts are" : "",
        ranked ? " and of how well the ranker finds that they fit the picture" : "");
  }

  private static List<String> decoded(Bundle.Stage2 stage2, List<Caption> captions) {
    return captions.stream().map(caption -> stage2.tokenizer().decode(caption.bpe())).toList();
  }

  private void retrieval(Bundle.Stage2 stage2, int[][] codes) {
    List<Figure> figures = new ArrayList<>();
    try (HeldOutBits bits =
        new HeldOutBits(stage2.config(), new ParameterStore(stage2.weights()), Execution.best())) {
      CaptionRetrieval.of(stage2, bits, heldOut.captions(), codes, settings, listener)
          .ifPresent(retrieval -> figures.addAll(retrieval.figuresOfLikelihood()));
    }
    bundle.ranker().ifPresent(trained -> figures.addAll(retrieval(stage2, trained)));
    if (!figures.isEmpty()) {
      sections.add(new Section("retrieval", "Retrieval of held-out pictures", figures));
    }
  }

  private List<Figure> retrieval(Bundle.Stage2 stage2, Bundle.TrainedRanker trained) {
    try (Ranker ranker = new Ranker(trained.config(), trained.parameters(), Execution::best)) {
      return CaptionRetrieval.of(
              ranker, stage2.tokenizer(), heldOut.captions(), heldOut.pictures(), settings)
          .map(CaptionRetrieval::figuresOfRanker)
          .orElse(List.of());
    }
  }

  private MeasuredPictures asked(int[] prompted) {
    return new MeasuredPictures(
        Arrays.stream(prompted).mapToObj(heldOut.pictures()::get).toList(),
        Arrays.stream(prompted).mapToObj(heldOut.entries()::get).toList(),
        heldOut.labels());
  }

  private Composition composition(
      PictureJudge.Look look,
      MeasuredPictures asked,
      List<Rgb> reconstructions,
      Map<RankBy, List<Rgb>> chosen) {
    Composition real = Composition.of(judge, judge.real(), heldOut);
    Composition sampled = Composition.of(judge, look, asked);
    List<Figure> figures =
        new ArrayList<>(
            sampled.figures(
                "sample", "samples", "samples for captions of held-out pictures", real));
    chosen.forEach(
        (by, pictures) ->
            figures.addAll(
                Composition.of(judge, judge.look(pictures), asked)
                    .figures(
                        prefix(by),
                        "samples chosen by " + chooser(by),
                        String.format(
                            "samples for captions of held-out pictures, each the best of %d by %s",
                            settings.rerank(), chooser(by)),
                        real)));
    figures.addAll(
        Composition.of(judge, judge.look(reconstructions), heldOut)
            .figures("reconstruction", "reconstructions", "reconstructed held-out pictures", real));
    if (!figures.isEmpty()) {
      sections.add(new Section("composition", "Do samples show what was asked for?", figures));
    }
    return sampled;
  }

  private static String prefix(RankBy by) {
    return switch (by) {
      case LIKELIHOOD -> "likelihoodChosen";
      case RANKER -> "rankerChosen";
      case ALL -> "allChosen";
    };
  }

  private String chooser(RankBy by) {
    return switch (by) {
      case LIKELIHOOD -> "the captions' likelihood";
      case RANKER -> "the ranker";
      case ALL ->
          "likelihood"
              + (bundle.ranker().isPresent() ? ", ranker" : "")
              + (bundle.naming().isPresent() ? ", naming" : "");
    };
  }

  private void codebook(int[][] codes, List<ImageSample> samples) {
    int size = bundle.vqvae().quantiser().codebookSize();
    CodebookUsage real = new CodebookUsage(size);
    Arrays.stream(codes).forEach(real::add);
    CodebookUsage sampled = new CodebookUsage(size);
    samples.forEach(sample -> sampled.add(sample.codes()));
    sections.add(
        new Section(
            "codebook",
            "Codebook",
            List.of(
                Figure.of(
                        "usage",
                        "Codes used",
                        Figure.Unit.SHARE,
                        "Share of the " + size + " codes that occur in the samples.",
                        sampled.used())
                    .real(real.used()),
                number(
                        "perplexity",
                        "Perplexity of codes",
                        "2 to the entropy of the codes of the samples: " + size + " at most.",
                        sampled.perplexity())
                    .real(real.perplexity()))));
  }

  private void speed(Bundle.Stage2 stage2, double secondsPerSample, double secondsPerCaption) {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.of(
            "secondsPerSample",
            "Seconds per sample",
            Figure.Unit.SECONDS,
            String.format(
                "Sampling and decoding %d at a time, divided by their number, on this machine with"
                    + " whatever else it was doing.",
                ROWS),
            secondsPerSample));
    if (secondsPerCaption > 0) {
      figures.add(
          Figure.of(
              "secondsPerCaption",
              "Seconds per caption",
              Figure.Unit.SECONDS,
              String.format(
                  "Beam search of width %d, one picture at a time, on this machine with whatever"
                      + " else it was doing.",
                  settings.beams()),
              secondsPerCaption));
    }
    long first = numbers(bundle.vqvaeWeights());
    long second = numbers(stage2.weights());
    figures.add(
        count("vqvaeParameters", "Parameters of stage 1", "Numbers in its weights.", first));
    figures.add(
        count("transformerParameters", "Parameters of stage 2", "Numbers in its weights.", second));
    long third = bundle.ranker().map(ranker -> numbers(ranker.weights())).orElse(0L);
    if (third > 0) {
      figures.add(
          count("rankerParameters", "Parameters of the ranker", "Numbers in its weights.", third));
    }
    long fourth = bundle.naming().map(naming -> numbers(naming.weights())).orElse(0L);
    if (fourth > 0) {
      figures.add(
          count("namingParameters", "Parameters of naming", "Numbers in its weights.", fourth));
    }
    figures.add(
        Figure.of(
            "weightBytes",
            "Size of the weights",
            Figure.Unit.BYTES,
            "Bytes of all parameters in 32-bit numbers, as they are computed with.",
            (double) FLOAT_BYTES * (first + second + third + fourth)));
    sections.add(new Section(SPEED, "Speed and size", figures));
  }

  private static long numbers(TensorMap weights) {
    return weights.asMap().values().stream().map(Tensor::data).mapToLong(data -> data.length).sum();
  }

  private List<Gallery.Sampled> shown(
      List<Rgb> samples, PictureJudge.Look look, int[] prompted, boolean captions) {
    List<Gallery.Sampled> shown = new ArrayList<>();
    for (int i : EvenlySpaced.indices(samples.size(), SHOWN)) {
      List<String> verdict = new ArrayList<>();
      judge.concepts().ifPresent(probe -> verdict.add(probe.best(look.features()[i])));
      judge.styles().ifPresent(it -> verdict.add(it.best(look.styles()[i])));
      shown.add(
          new Gallery.Sampled(
              captions ? heldOut.captions().get(prompted[i]) : "",
              samples.get(i),
              captions ? Optional.of(heldOut.pictures().get(prompted[i])) : Optional.empty(),
              String.join(", ", verdict)));
    }
    return shown;
  }

  private List<Gallery.Neighbours> neighbours(List<Rgb> pictures, Memorisation found) {
    int[] training = judge.training();
    return IntStream.range(0, pictures.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> found.byPixels().get(i).distance()))
        .limit(SHOWN_COPIES)
        .map(
            i -> {
              Neighbour pixels = found.byPixels().get(i);
              Neighbour features = found.byFeatures().get(i);
              return new Gallery.Neighbours(
                  pictures.get(i),
                  judge.pictures().picture(training[pixels.index()]),
                  pixels.distance(),
                  judge.pictures().picture(training[features.index()]),
                  features.distance());
            })
        .toList();
  }
}
