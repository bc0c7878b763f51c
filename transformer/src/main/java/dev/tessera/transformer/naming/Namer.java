package dev.tessera.transformer.naming;

import dev.tessera.engine.store.TensorMap;
import dev.tessera.vqvae.picture.Rgb;
import java.util.ArrayList;
import java.util.List;

/**
 * Says how likely the parts of captions are for a picture: for each place, a softmax over its parts
 * of two products of what an {@link Aspect} of the picture is. Sums are in a fixed order, in plain
 * Java: equal pictures give equal bits. Safe to use on any number of threads.
 */
public final class Namer {
  private final CaptionForm form;
  private final List<Place> places = new ArrayList<>();

  /**
   * What is known of a place.
   *
   * @param standard of the numbers of its aspect, [F]
   * @param hidden [F, H]
   * @param hiddenBias [H]
   * @param out [H, parts]
   * @param outBias [parts]
   */
  private record Place(
      Aspect aspect,
      Standard standard,
      float[] hidden,
      float[] hiddenBias,
      float[] out,
      float[] outBias) {}

  /**
   * A namer at work.
   *
   * @param weights as {@link NamingTraining} learns them; not copied
   * @throws IllegalArgumentException unless they are exactly the tensors that the form needs, in
   *     name and shape
   */
  public Namer(CaptionForm form, TensorMap weights) {
    this.form = form;
    int tensors = 0;
    for (int place = 0; place < form.places().size(); place++) {
      long parts = form.places().get(place).size();
      Aspect aspect = Aspect.of(form, place);
      NamingGraph.Names names = new NamingGraph.Names(place);
      places.add(
          new Place(
              aspect,
              Standard.get(weights, names, aspect),
              weights.get(names.hidden() + "/weight", aspect.size(), aspect.width()).data(),
              weights.get(names.hidden() + "/bias", aspect.width()).data(),
              weights.get(names.out() + "/weight", aspect.width(), parts).data(),
              weights.get(names.out() + "/bias", parts).data()));
      tensors += 6;
    }
    if (weights.names().size() != tensors) {
      throw new IllegalArgumentException(
          "naming has %d tensors, but its captions need %d"
              .formatted(weights.names().size(), tensors));
    }
  }

  /** The captions that it can name. */
  public CaptionForm form() {
    return form;
  }

  /**
   * The logarithms of how likely the parts are, place by place.
   *
   * @param picture of the size that it was trained with
   * @return [places][parts of the place], in nats, at most 0
   */
  public double[][] logProbabilities(Rgb picture) {
    return places.stream().map(place -> logProbabilities(place, picture)).toArray(double[][]::new);
  }

  private static double[] logProbabilities(Place place, Rgb picture) {
    double[] numbers = place.standard().apply(place.aspect(), picture);
    double[] hidden = product(numbers, place.hidden(), place.hiddenBias());
    for (int i = 0; i < hidden.length && place.aspect().rectified(); i++) {
      hidden[i] = Math.max(0, hidden[i]);
    }
    double[] logits = product(hidden, place.out(), place.outBias());
    double highest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      highest = Math.max(highest, logit);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - highest);
    }
    double normaliser = highest + Math.log(sum);
    for (int i = 0; i < logits.length; i++) {
      logits[i] -= normaliser;
    }
    return logits;
  }

  /** x·W + b: [I], [I, O], [O] → [O]. */
  private static double[] product(double[] x, float[] weight, float[] bias) {
    double[] y = new double[bias.length];
    for (int j = 0; j < y.length; j++) {
      y[j] = bias[j];
    }
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * weight[i * y.length + j];
      }
    }
    return y;
  }
}
