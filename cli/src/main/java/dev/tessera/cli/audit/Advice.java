package dev.tessera.cli.audit;

import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.Audit;
import dev.tessera.vqvae.data.PrepareOptions;
import dev.tessera.vqvae.picture.ColourMode;
import dev.tessera.vqvae.picture.PictureConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What to do about what an audit found, each as one sentence with the figure that it rests on. */
public final class Advice {
  /** With fewer pictures a model repeats what it has seen. */
  private static final int FEW = 500;

  /** Steps of stage 2 before samples are worth looking at, and passes that it still gains from. */
  private static final int SHORTEST = 3000;

  private static final int PASSES = 20;

  /** A large set has taught enough before it was seen that often. */
  private static final int LONGEST = 30_000;

  /** Sides may differ by this much before another shape than a square is worth it. */
  private static final double OBLONG = 1.25;

  /** How much smaller pictures get before the size is worth a word. */
  private static final int SHRUNK = 4;

  private static final double MANY = 0.05;
  private static final double A_FIFTH = 0.2;

  private final Audit audit;
  private final RunConfig config;
  private final CaptionFit fit;
  private final @Nullable TrainingTrial trial;
  private final List<String> sentences = new ArrayList<>();

  private Advice(Audit audit, RunConfig config, CaptionFit fit, @Nullable TrainingTrial trial) {
    this.audit = audit;
    this.config = config;
    this.fit = fit;
    this.trial = trial;
  }

  /**
   * All advice; none if everything is as it should be and no trial was made.
   *
   * @param trial if one was made
   */
  public static List<String> of(
      Audit audit, RunConfig config, CaptionFit fit, @Nullable TrainingTrial trial) {
    Advice advice = new Advice(audit, config, fit, trial);
    if (audit.usable() == 0) {
      advice.say("no picture can be used, so there is nothing to train on");
    } else {
      advice.number();
      advice.damage();
      advice.size();
      advice.shape();
      advice.transparency();
      advice.captions();
      advice.time();
    }
    return List.copyOf(advice.sentences);
  }

  private void say(String form, Object... values) {
    sentences.add(String.format(Locale.ROOT, form, values));
  }

  private int different() {
    return Math.max(1, audit.usable() - audit.repeated());
  }

  private void number() {
    if (different() < FEW) {
      say(
          "%,d different pictures are few: a model will repeat them; --config overfit shows within"
              + " minutes that it learns",
          different());
    }
    if (audit.repeated() > audit.usable() * MANY) {
      say(
          "%,d pictures repeat another pixel by pixel: training merges them and keeps all their"
              + " captions",
          audit.repeated());
    }
    if (audit.alike() > audit.usable() * MANY) {
      say(
          "%,d pictures look like another one: such pairs may lie on both sides of the split, and"
              + " held-out figures then look better than they are",
          audit.alike());
    }
  }

  private void damage() {
    int broken = audit.rejected().count();
    double share = (double) broken / audit.files();
    if (share > PrepareOptions.DEFAULT.maxBrokenFraction()) {
      say(
          "%,d of %,d files are unusable: training gives up unless it is told --max-broken %.2f",
          broken, audit.files(), Math.min(1, Math.ceil(share * 100) / 100));
    }
  }

  private void size() {
    PictureConfig picture = config.vqvae().picture();
    int side = Math.min(picture.height(), picture.width());
    int median = (int) audit.shapes().shortSides().median();
    int multiple = config.vqvae().downsampling();
    int fitting = Math.max(PictureConfig.MINIMUM_SIDE, median / multiple * multiple);
    if (median < side && fitting < side) {
      say(
          "half of the pictures have %d pixels at most along their shorter side and would be"
              + " enlarged to %d: --size %d shows all there is in less time",
          median, side, fitting);
    } else if (median >= SHRUNK * side) {
      say(
          "half of the pictures have %d pixels or more along their shorter side: at %d small things"
              + " vanish; --size %d keeps more, at 4 times the tokens and more than 4 times the"
              + " time a picture",
          median, side, 2 * side);
    }
  }

  private void shape() {
    Audit.Shapes shapes = audit.shapes();
    PictureConfig picture = config.vqvae().picture();
    boolean crops = picture.fit() == PictureConfig.Fit.CENTER_CROP;
    boolean square = picture.height() == picture.width();
    int cropped = shapes.tall() + shapes.wide();
    if (!square || !crops || cropped <= audit.usable() * A_FIFTH) {
      return;
    }
    double aspect = shapes.aspects().median();
    int multiple = config.vqvae().downsampling();
    if (aspect >= OBLONG || aspect <= 1 / OBLONG) {
      double longer = picture.width() * Math.max(aspect, 1 / aspect);
      int other = (int) Math.max(multiple, Math.round(longer / multiple) * multiple);
      say(
          "%,d pictures lose a quarter or more when cut to a square: --size %s keeps the shape that"
              + " half of them have",
          cropped, aspect > 1 ? other + "x" + picture.height() : picture.width() + "x" + other);
    } else {
      say(
          "%,d pictures lose a quarter or more when cut to a square: fit: pad in the configuration"
              + " keeps them whole",
          cropped);
    }
  }

  private void transparency() {
    int transparent =
        audit.modes().getOrDefault(ColourMode.RGBA.name(), 0)
            + audit.modes().getOrDefault(ColourMode.GREY_ALPHA.name(), 0);
    if (transparent > audit.usable() * MANY) {
      say(
          "%,d pictures may be transparent: what is behind them becomes %06x, or what --background"
              + " says",
          transparent, config.vqvae().picture().background());
    }
  }

  private void captions() {
    int captioned = audit.captions().captionedPictures();
    if (captioned == 0) {
      say("no picture has a caption: the model will draw without prompts, and caption nothing");
      return;
    }
    if (captioned < audit.usable() * (1 - MANY)) {
      say(
          "%,d pictures have no caption: they teach what pictures look like, not what words mean",
          audit.usable() - captioned);
    }
    if (fit.cut() > 0) {
      say(
          "%.1f %% of the captions have more than the %d tokens of text.length and lose their end:"
              + " 99 %% of them would fit %d",
          fit.cut() * 100, fit.length(), fit.ninetyNinth());
    }
    if (audit.captions().directed() > 0) {
      say(
          "%,d pictures have captions of left and right or of writing, and are never mirrored where"
              + " captions are learned",
          audit.captions().directed());
    }
  }

  private void time() {
    if (trial == null) {
      return;
    }
    double passes = (double) PASSES * different() / trial.transformerBatch();
    double steps = Math.max(SHORTEST, Math.min(LONGEST, passes));
    double minutes = trial.minutesFor(steps);
    say(
        "about %s of training on this machine make %,.0f steps of stage 2, %.1f passes: train with"
            + " --minutes %.0f",
        words(minutes), steps, trial.transformerPasses(different(), minutes), Math.ceil(minutes));
  }

  /** A time in the words of people. */
  public static String words(double minutes) {
    if (minutes < 90) {
      return String.format(Locale.ROOT, "%.0f minutes", Math.max(1, minutes));
    }
    double hours = minutes / 60;
    return hours < 48
        ? String.format(Locale.ROOT, "%.1f hours", hours)
        : String.format(Locale.ROOT, "%.1f days", hours / 24);
  }
}
