package dev.tessera.transformer.evaluation;

import dev.tessera.vqvae.picture.Rgb;
import java.util.List;
import java.util.Optional;

/**
 * Pictures that an evaluation has to show.
 *
 * @param reconstructions held-out pictures and what stage 1 makes of them
 * @param samples one for each prompt
 * @param captions that were written for held-out pictures
 * @param copies samples beside the training pictures that they are nearest to, the nearest first
 * @param realCopies the same for real held-out pictures
 */
public record Gallery(
    List<Reconstruction> reconstructions,
    List<Sampled> samples,
    List<Captioned> captions,
    List<Neighbours> copies,
    List<Neighbours> realCopies) {
  public Gallery {
    reconstructions = List.copyOf(reconstructions);
    samples = List.copyOf(samples);
    captions = List.copyOf(captions);
    copies = List.copyOf(copies);
    realCopies = List.copyOf(realCopies);
  }

  /** A picture and what is left of it. */
  public record Reconstruction(Rgb original, Rgb reconstruction) {}

  /**
   * A sample.
   *
   * @param prompt that it was sampled for; empty for none
   * @param real the picture that the prompt is the caption of; absent without a prompt
   * @param verdict what the judge sees in the sample, for people; empty if it cannot tell
   */
  public record Sampled(String prompt, Rgb sample, Optional<Rgb> real, String verdict) {}

  /** A picture with a true caption and the one that was written. */
  public record Captioned(Rgb picture, String truth, String written) {}

  /**
   * A picture and the training pictures nearest to it.
   *
   * @param pixelDistance root mean squared difference of thumbnails, 0 to 1
   * @param featureDistance Euclidean distance of features
   */
  public record Neighbours(
      Rgb picture,
      Rgb nearestByPixels,
      double pixelDistance,
      Rgb nearestByFeatures,
      double featureDistance) {}
}
