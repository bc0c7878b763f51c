/**
 * From any picture to the pixels that a model sees, and back to files that people look at.
 *
 * <p>Way in: {@link dev.tessera.vqvae.picture.PictureDecoder} reads a file or an upload within
 * limits, {@link dev.tessera.vqvae.picture.Pictures} brings it to the shape of a {@link
 * dev.tessera.vqvae.picture.PictureConfig}: transparency laid on the background, EXIF orientation
 * applied, cropped or padded, area-averaged down or interpolated up. The result is an {@link
 * dev.tessera.vqvae.picture.Rgb}: H × W × 3 bytes, row-major. {@link
 * dev.tessera.vqvae.picture.PixelTransform} turns bytes into floats in [−1, 1] and back without
 * loss.
 *
 * <p>Way out: {@link dev.tessera.vqvae.picture.PictureGrid} composes labelled contact sheets,
 * {@link dev.tessera.vqvae.picture.Png} writes them atomically.
 *
 * <p>Letters: H height, W width. Colours are 8-bit sRGB; averages are taken of the sRGB values
 * themselves, as the resizing of most image models does. Pictures have their first row at the top.
 */
@NullMarked
package dev.tessera.vqvae.picture;

import org.jspecify.annotations.NullMarked;
