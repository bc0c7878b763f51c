package dev.tessera.transformer.training;

import dev.tessera.engine.graph.Execution;
import dev.tessera.engine.graph.ModelGraph;
import dev.tessera.engine.graph.ParameterStore;
import dev.tessera.engine.plan.ParallelPlan;
import dev.tessera.engine.plan.Plan;
import dev.tessera.engine.random.CounterRandom;
import dev.tessera.engine.store.TensorMap;
import dev.tessera.engine.train.Checkpoints;
import dev.tessera.engine.train.TrainingListener;
import dev.tessera.engine.train.TrainingLoop;
import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.model.Dropout;
import dev.tessera.transformer.model.Gpt;
import dev.tessera.transformer.sequence.Batch;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.Holes;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import dev.tessera.transformer.sequence.Vocabulary;
import dev.tessera.vqvae.caption.CaptionChoice;
import dev.tessera.vqvae.training.EpochOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Stage 2: learns sequences of text and image tokens in both orders. What a place of the endless
 * training sequence holds (which picture, in which form and order, with which caption) depends on
 * the seed and the place alone.
 */
public final class TransformerTraining implements TrainingLoop.Task {
  /** The name of this stage in reports, logs and checkpoints. */
  public static final String STAGE = "transformer";

  private static final int MEASURED = 256;

  /** Is called with the averaged weights in place, to show what the model can do by now. */
  public interface SampleSink {
    /**
     * Samples, if it likes.
     *
     * @param step steps done
     * @param weights of the model at this moment
     */
    void show(long step, ParameterStore weights);
  }

  private final TransformerConfig config;
  private final TransformerTrainingConfig training;
  private final TokenisedPictures data;
  private final long seed;
  private final Execution execution;
  private final SampleSink sink;
  private final ParameterStore store;
  private final Vocabulary vocabulary;
  private final SequenceBuilder builder;
  private final EpochOrder order;
  private final CaptionChoice choice;
  private final CaptionDropout captionDropout;
  private final Dropout dropout;
  private final Holes holes;
  private final int[] measured;
  private final boolean heldOut;
  private final HeldOutBits bits;
  private Optional<TensorMap> start = Optional.empty();

  /**
   * Prepares the stage.
   *
   * @param seed decides first weights, order and everything drawn
   * @param execution of training and of measuring on the way
   */
  public TransformerTraining(
      TransformerConfig config,
      TransformerTrainingConfig training,
      TokenisedPictures data,
      long seed,
      Execution execution,
      SampleSink sink) {
    this.config = config;
    this.training = training;
    this.data = data;
    this.seed = seed;
    this.execution = execution;
    this.sink = sink;
    this.store = new ParameterStore(seed, DataType.FLOAT);
    this.vocabulary = new Vocabulary(config);
    this.builder = new SequenceBuilder(config);
    this.order = new EpochOrder(data.pictures().trainingParts(), seed, "transformer order");
    this.choice = new CaptionChoice(training.keywords());
    this.dropout = new Dropout(training.dropout());
    this.captionDropout =
        new CaptionDropout(data.tokenizer(), training.bpeDropout(), config.textLength() - 1);
    this.holes = new Holes(config.gridHeight(), config.gridWidth());
    this.heldOut = data.pictures().heldOut().length > 0;
    this.measured = data.pictures().measured(MEASURED);
    this.bits = new HeldOutBits(config, store, execution);
  }

  /**
   * Begins with weights that were learned before, in place of random ones.
   *
   * @param weights of a model of this shape, as a bundle holds them
   */
  public void startFrom(TensorMap weights) {
    start = Optional.of(weights);
  }

  /**
   * The loop that trains this stage.
   *
   * @param evaluations over the whole run
   * @param runDigest identifies configuration and data
   */
  public TrainingLoop loop(
      int evaluations, byte[] runDigest, Checkpoints checkpoints, TrainingListener listener) {
    ParallelPlan plan = new ParallelPlan(training.part(), (share, part) -> compile(share));
    start.ifPresent(store::load);
    TrainingLoop.Options options =
        new TrainingLoop.Options(
            seed,
            training.rate(),
            training.optimiser(),
            execution,
            training.averageDecay(),
            training.accumulation(),
            evaluations,
            runDigest);
    return new TrainingLoop(this, plan, store, options, checkpoints, listener);
  }

  private Plan compile(int share) {
    ModelGraph graph = new ModelGraph(store, execution);
    Gpt model = Gpt.build(config, graph, share, dropout);
    return Plan.training(graph, model.loss(), graph.parameters());
  }

  @Override
  public String stage() {
    return STAGE;
  }

  @Override
  public boolean byMuon(String parameter) {
    return Gpt.isBlockMatrix(parameter);
  }

  @Override
  public TrainingLoop.Prepared prepare(long step) {
    List<TokenSequence> sequences = new ArrayList<>(training.batch());
    for (int i = 0; i < training.batch(); i++) {
      sequences.add(sequence(step * training.batch() + i));
    }
    Batch batch = Batch.of(vocabulary, sequences, training.batch());
    return (plan, part, progress) -> {
      GptInputs.set(plan, batch, part * training.part());
      dropout.draw(plan, config, seed, step * training.accumulation() + part);
    };
  }

  /** What stands at a place of the endless training sequence. */
  private TokenSequence sequence(long place) {
    int picture = order.at(place);
    CounterRandom random = new CounterRandom(seed, "transformer sequence", place);
    int[] codes = data.codes(random.nextInt(data.variants()), picture);
    List<String> captions = data.captions(picture);
    if (captions.isEmpty()) {
      return picture(new int[0], codes, place);
    }
    String chosen = choice.choose(captions, seed, picture, order.showing(place), random);
    if (random.nextDouble() < training.reverseShare()) {
      // What is to be predicted comes in one form, the one that captions are measured in.
      return builder.build(data.tokenizer().encode(chosen), codes, Direction.REVERSE);
    }
    boolean dropped = random.nextDouble() < training.droppedShare();
    int[] caption = dropped ? new int[0] : captionDropout.encode(chosen, seed, place);
    return picture(caption, codes, place);
  }

  /** A picture after its caption, as a whole or with a hole in it. */
  private TokenSequence picture(int[] caption, int[] codes, long place) {
    CounterRandom random = new CounterRandom(seed, "hole", place);
    return random.nextDouble() < training.infillShare()
        ? builder.infillingWhole(caption, codes, holes.draw(random))
        : builder.build(caption, codes, Direction.FORWARD);
  }

  @Override
  public TrainingLoop.Evaluation evaluate(long step) {
    String prefix = heldOut ? "heldOut" : "training";
    Map<String, Double> measures = new LinkedHashMap<>();
    double image = HeldOutBits.perImageToken(bits.measure(measuredSequences(Direction.FORWARD)));
    measures.put(prefix + "ImageBits", image);
    List<TokenSequence> reverse = measuredSequences(Direction.REVERSE);
    if (!reverse.isEmpty() && training.reverseShare() > 0) {
      measures.put(prefix + "TextBits", HeldOutBits.perTextToken(bits.measure(reverse)));
    }
    if (training.infillShare() > 0) {
      double infill = HeldOutBits.perImageToken(bits.measure(measuredHoles()));
      measures.put(prefix + "InfillBits", infill);
    }
    sink.show(step, store);
    return new TrainingLoop.Evaluation(measures, heldOut ? image : Double.NaN);
  }

  @Override
  public void close() {
    bits.close();
  }

  /** The measured pictures with their first captions; in reverse only those that have one. */
  private List<TokenSequence> measuredSequences(Direction direction) {
    List<TokenSequence> sequences = new ArrayList<>();
    for (int picture : measured) {
      int[] caption = firstCaption(picture);
      if (caption.length > 0 || direction == Direction.FORWARD) {
        sequences.add(builder.build(caption, data.codes(0, picture), direction));
      }
    }
    return sequences;
  }

  /** The same with a hole in each, which is the same at every measurement. */
  private List<TokenSequence> measuredHoles() {
    List<TokenSequence> sequences = new ArrayList<>();
    for (int picture : measured) {
      boolean[] known = holes.draw(new CounterRandom(seed, "measured hole", picture));
      sequences.add(builder.infilling(firstCaption(picture), data.codes(0, picture), known));
    }
    return sequences;
  }

  /** The ids of a picture's first caption; none for a picture without text. */
  private int[] firstCaption(int picture) {
    List<String> captions = data.captions(picture);
    return captions.isEmpty() ? new int[0] : data.tokenizer().encode(captions.get(0));
  }
}
