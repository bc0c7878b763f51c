/**
 * Using a trained model: pictures from text, captions from pictures, likelihoods of pairs.
 *
 * <p>{@link dev.tessera.transformer.decode.IncrementalDecoder} runs the model token by token,
 * without a graph, from its {@link dev.tessera.transformer.decode.TransformerWeights}. A step is
 * done by a {@code ThreadTeam}, each member of which ({@code DecoderWorker}) has the residual
 * stream for itself and takes whole {@code Panels}: its attention heads ({@code CachedAttention},
 * over {@code KeyValueCache} and {@code AttentionSpans}) and its columns of each matrix. {@code
 * Products} come in two kinds: {@code PlainProducts}, in plain Java and f32, the reference, which
 * needs no native library; and {@code PackedProducts}, on weights that were packed once in a {@link
 * dev.tessera.transformer.decode.WeightFormat} that takes less memory, computed by oneDNN in tiles
 * of 16 rows. Where products wait for weights to be read, which is at small batches, a tile takes
 * no longer than a row.
 *
 * <p>On the decoder stand {@link dev.tessera.transformer.decode.ImageSampler}, {@link
 * dev.tessera.transformer.decode.Captioner} and {@link dev.tessera.transformer.decode.Likelihood}.
 * {@link dev.tessera.transformer.decode.SamplingOptions} say how the next token is drawn; for
 * {@link dev.tessera.transformer.decode.GuidanceSchedule} how far the prompt binds early tokens.
 * For classifier-free guidance see Ho and Salimans, <i>Classifier-free diffusion guidance</i>,
 * 2022, and for top-p Holtzman et al., <i>The curious case of neural text degeneration</i>, 2020.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>The logits of a row are the same to the bit for any batch size, neighbours and threads, for
 *       each format of the weights: panels follow from the matrix alone, a tile is the only shape
 *       that is computed, and every other sum has a fixed order.
 *   <li>The randomness of sample k is a function of the seed and k alone, so that sample k is the
 *       same however many are drawn with it.
 *   <li>Likelihoods are natural logarithms of the model's own distribution: temperature 1, nothing
 *       filtered, no guidance, the softmax over the range of the modality.
 * </ul>
 *
 * <p>Nothing here is thread-safe but the records; objects that share a decoder are used by one
 * thread at a time.
 */
@NullMarked
package dev.tessera.transformer.decode;

import org.jspecify.annotations.NullMarked;
