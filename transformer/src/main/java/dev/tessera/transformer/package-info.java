/**
 * Stage 2: a GPT over sequences of text and image tokens (Ramesh et al., <i>Zero-shot text-to-image
 * generation</i>, 2021, section 2.2).
 *
 * <p>{@link dev.tessera.transformer.TransformerConfig} holds the hyper-parameters, {@link
 * dev.tessera.engine.graph.MaskPattern} says what a layer may look at. Package {@code sequence}
 * lays tokens out, package {@code model} holds the graph that is trained, package {@code decode}
 * runs a trained model token by token. Package {@code ranker} says how well pictures and texts fit,
 * package {@code naming} which parts of captions a picture has.
 *
 * <p>Letters of shapes, in this package and those below it:
 *
 * <pre>
 * B   sequences of a batch
 * Nt  text slots of a sequence
 * Ni  image slots of a sequence, H'·W' in raster order
 * T   inputs of a sequence, Nt + Ni; the whole sequence has T + 1 tokens, the last is only predicted
 * D   width of the residual stream
 * V   rows of the token table
 * P   rows of the position tables, T + 1
 * K   codes of the quantiser
 * </pre>
 *
 * <p>The model: x = tokenEmbedding[token] + positionEmbedding[position] +
 * targetEmbedding[targetPosition], then for each block x += out(attention(norm1(x))) and x +=
 * down(gelu(up(norm2(x)))), and logits = norm(x) · head. The blocks normalise before their products
 * (pre-norm, epsilon 1e-5), attention scores are divided by the root of the head's width, and
 * gelu(x) = x · sigmoid(1.702 x). {@link dev.tessera.transformer.TransformerConfig.Variant} lists
 * what may be otherwise: both tables of positions may be sums of rows and columns, or the first
 * gives way to rotary positions; what is known around the target may be added to x; queries and
 * keys may be normalised in each head, before they turn; and out and down may be followed by a
 * norm, before they are added.
 *
 * <p>Masks go by inputs, not by positions, so that a layer's mask is fixed for each order of text
 * and picture: {@link dev.tessera.transformer.sequence.LayerMasks}.
 */
@NullMarked
package dev.tessera.transformer;

import org.jspecify.annotations.NullMarked;
