/**
 * The graph of stage 2: {@link dev.tessera.transformer.model.Gpt}, a decoder-only transformer
 * (Radford et al., 2019; Ramesh et al., <i>Zero-shot text-to-image generation</i>, 2021, section
 * 2.2) over sequences of text and image tokens in either order.
 */
@NullMarked
package dev.tessera.transformer.model;

import org.jspecify.annotations.NullMarked;
