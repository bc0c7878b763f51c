package dev.tessera.vqvae.picture;

import java.awt.image.BufferedImage;

/**
 * A picture out of its file, not yet brought to a model's shape.
 *
 * @param image the stored pixels, possibly a subsampling of them
 * @param orientation how they must be turned
 * @param height rows of the whole picture when upright
 * @param width columns of the whole picture when upright
 * @param format the format's name in lower case, such as {@code png}
 * @param mode how the file holds its colours
 */
public record DecodedPicture(
    BufferedImage image,
    Orientation orientation,
    int height,
    int width,
    String format,
    ColourMode mode) {}
