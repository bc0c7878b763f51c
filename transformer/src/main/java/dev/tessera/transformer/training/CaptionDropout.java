package dev.tessera.transformer.training;

import dev.tessera.engine.random.CounterRandom;
import dev.tessera.tokenizer.Bpe;

/**
 * Captions with BPE dropout (Provilkov et al., <i>BPE-dropout</i>, ACL 2020), for training. What
 * comes at a place depends on the seed and the place alone.
 *
 * <p>Smaller parts make longer captions: where the parts that were drawn would be cut off, but the
 * usual ones would not, the usual ones come.
 *
 * @param tokenizer of the captions
 * @param share chance that a merge is passed over, 0 to 1
 * @param longest tokens that a sequence has place for, end of text left out
 */
record CaptionDropout(Bpe tokenizer, double share, int longest) {
  /** The ids of a caption at a place of the training sequence, without end of text. */
  int[] encode(String caption, long seed, long place) {
    if (share > 0) {
      CounterRandom random = new CounterRandom(seed, "caption dropout", place);
      int[] drawn = tokenizer.encode(caption, share, random);
      if (drawn.length <= longest) {
        return drawn;
      }
    }
    return tokenizer.encode(caption);
  }
}
