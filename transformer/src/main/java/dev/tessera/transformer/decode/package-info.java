/**
 * Using a trained model: pictures from text, captions from pictures, likelihoods of pairs.
 *
 * <p>{@link dev.tessera.transformer.decode.IncrementalDecoder} runs the model token by token,
 * without a graph, from its {@link dev.tessera.transformer.decode.TransformerWeights}. What goes
 * through the model together is a {@code Pass}: the next input of each row, or many inputs of some
 * rows that are known beforehand. It is done by a {@code ThreadTeam}, each {@code Member} of which
 * takes whole {@code Panels}: its attention heads, with their keys and values in a {@code
 * KeyValueCache}, and its columns of each matrix. Members come in two kinds: {@code PlainMember},
 * in plain Java and f32, the reference, which needs no native library; and {@code PackedMember}, on
 * {@code PackedWeights} in a {@link dev.tessera.transformer.decode.WeightFormat} that takes less
 * memory, with products in tiles of 16 rows and {@code PackedAttention} by oneDNN. The {@code
 * ResidualStream} each plain member keeps whole, packed ones share out its rows; and what packed
 * ones add to it is a sum of {@code Halves}, so that two members need wait for each other but
 * seldom. Where products wait for weights or for keys and values to be read, which is at small
 * batches, a tile takes hardly longer than a row.
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
 *   <li>The logits of a row are the same to the bit for any batch size, companions and threads, and
 *       whether inputs are given one by one or together, for each format of the weights: a tile is
 *       the only shape that is computed of rows, but for a single one where that has the same bits;
 *       columns do not depend on each other, attention has a length that follows from the query
 *       alone, and every other sum has a fixed order.
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
