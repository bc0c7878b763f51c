package dev.tessera.cli.audit;

import dev.tessera.tokenizer.Bpe;
import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.data.CaptionStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the captions of a source become tokens under a configuration, told from a sample of them: a
 * vocabulary is learned from the sample as a run learns one from all.
 *
 * @param measured captions in the sample
 * @param vocabulary tokens of the vocabulary
 * @param length tokens that the configuration leaves a caption, end of text included
 * @param median tokens of a caption, end of text included
 * @param ninetyNinth tokens that 99 % of the captions have at most
 * @param longest tokens of the longest
 * @param cut share of the captions that lose their end, 0 to 1
 * @param examples some of those, each with what is left of it
 */
public record CaptionFit(
    int measured,
    int vocabulary,
    int length,
    int median,
    int ninetyNinth,
    int longest,
    double cut,
    List<Cut> examples) {
  private static final int EXAMPLES = 5;

  /** A caption and what a model gets to see of it. */
  public record Cut(String caption, String left) {}

  /** Measures the captions that an audit drew; all figures are 0 where there are none. */
  public static CaptionFit of(CaptionStatistics captions, RunConfig.Text text) {
    Bpe bpe = Bpe.train(captions.sample(), text.vocabulary());
    int count = captions.sample().size();
    int[] lengths = new int[count];
    int cut = 0;
    List<Cut> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String caption = captions.sample().get(i);
      int[] ids = bpe.encode(caption);
      lengths[i] = ids.length + 1;
      if (lengths[i] > text.length()) {
        cut++;
        if (examples.size() < EXAMPLES) {
          examples.add(new Cut(caption, bpe.decode(Arrays.copyOf(ids, text.length() - 1))));
        }
      }
    }
    Arrays.sort(lengths);
    return new CaptionFit(
        count,
        bpe.vocabularySize(),
        text.length(),
        quantile(lengths, 0.5),
        quantile(lengths, 0.99),
        quantile(lengths, 1),
        count == 0 ? 0 : (double) cut / count,
        List.copyOf(examples));
  }

  /** The smallest number that such a share of the sorted numbers does not exceed. */
  private static int quantile(int[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
