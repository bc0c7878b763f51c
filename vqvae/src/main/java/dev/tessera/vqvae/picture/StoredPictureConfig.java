package dev.tessera.vqvae.picture;

import dev.tessera.proto.PictureConfig.Fit;

/**
 * The stored form of a {@link PictureConfig}. What is read goes through the record's constructor,
 * so a bad value is an {@link IllegalArgumentException} that names field, value and range.
 */
public final class StoredPictureConfig {
  private StoredPictureConfig() {}

  /** The message for a configuration. */
  public static dev.tessera.proto.PictureConfig of(PictureConfig config) {
    return dev.tessera.proto.PictureConfig.newBuilder()
        .setHeight(config.height())
        .setWidth(config.width())
        .setBackground(config.background())
        .setFit(
            switch (config.fit()) {
              case CENTER_CROP -> Fit.CENTER_CROP;
              case PAD -> Fit.PAD;
            })
        .build();
  }

  /**
   * The configuration that a message holds.
   *
   * @throws IllegalArgumentException if a value is out of its range, or only a newer version of
   *     Tessera can have written it
   */
  public static PictureConfig read(dev.tessera.proto.PictureConfig stored) {
    PictureConfig.Fit fit =
        switch (stored.getFit()) {
          case CENTER_CROP -> PictureConfig.Fit.CENTER_CROP;
          case PAD -> PictureConfig.Fit.PAD;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "fit is number "
                      + stored.getFitValue()
                      + ", which this version of Tessera does not know: update it");
        };
    return new PictureConfig(stored.getHeight(), stored.getWidth(), stored.getBackground(), fit);
  }
}
