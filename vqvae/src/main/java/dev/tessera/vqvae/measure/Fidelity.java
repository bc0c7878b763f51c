package dev.tessera.vqvae.measure;

import dev.tessera.vqvae.picture.Rgb;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well a set of pictures is reconstructed. Everything but {@code psnr}, which is pooled over
 * the set, is averaged over the pictures.
 *
 * @param pictures in the set, at least 1
 * @param psnr in dB; infinite if nothing was lost
 * @param ssim {@link StructuralSimilarity}
 * @param multiScaleSsim {@link MultiScaleSimilarity}
 * @param colourError {@link ColourError}
 * @param edgeError {@link EdgeError}
 * @param usage share of the codes that occur, 0 to 1
 * @param perplexity of the codes
 */
public record Fidelity(
    int pictures,
    double psnr,
    double ssim,
    double multiScaleSsim,
    double colourError,
    double edgeError,
    double usage,
    double perplexity) {

  /** The measures by name, in the order above; without the number of pictures. */
  public Map<String, Double> byName() {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("psnr", psnr);
    measures.put("ssim", ssim);
    measures.put("multiScaleSsim", multiScaleSsim);
    measures.put("colourError", colourError);
    measures.put("edgeError", edgeError);
    measures.put("usage", usage);
    measures.put("perplexity", perplexity);
    return measures;
  }

  /** Takes pictures in, one after another. */
  public static final class Tally {
    private final Psnr psnr = new Psnr();
    private final CodebookUsage usage;
    private int pictures;
    private double ssim;
    private double multiScaleSsim;
    private double colourError;
    private double edgeError;

    /**
     * @param codes K
     */
    public Tally(int codes) {
      usage = new CodebookUsage(codes);
    }

    /**
     * Takes a pair of pictures of one size in.
     *
     * @param codes of the reconstruction, each 0 to K − 1
     */
    public void add(Rgb original, Rgb reconstruction, int[] codes) {
      psnr.add(original, reconstruction);
      ssim += StructuralSimilarity.of(original, reconstruction);
      multiScaleSsim += MultiScaleSimilarity.of(original, reconstruction);
      colourError += ColourError.of(original, reconstruction);
      edgeError += EdgeError.of(original, reconstruction);
      usage.add(codes);
      pictures++;
    }

    /**
     * The measures of what was taken in.
     *
     * @throws IllegalStateException if nothing was
     */
    public Fidelity result() {
      if (pictures == 0) {
        throw new IllegalStateException("no picture was measured");
      }
      return new Fidelity(
          pictures,
          psnr.decibels(),
          ssim / pictures,
          multiScaleSsim / pictures,
          colourError / pictures,
          edgeError / pictures,
          usage.used(),
          usage.perplexity());
    }
  }
}
