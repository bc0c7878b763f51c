package dev.tessera.cli;

import dev.tessera.transformer.pipeline.RunConfig;
import dev.tessera.vqvae.picture.PictureConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of pictures as one writes it: 32, or 48x32, width first.
 *
 * @param width pixels
 * @param height pixels
 */
record PictureSize(int width, int height) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");

  static PictureSize parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "size is " + text + ", but must be a side in pixels, or WIDTHxHEIGHT such as 48x32");
    }
    int width = Integer.parseInt(matcher.group(1));
    return new PictureSize(
        width, matcher.group(2) == null ? width : Integer.parseInt(matcher.group(2)));
  }

  /** Reads the option. */
  static final class Converter implements ITypeConverter<PictureSize> {
    @Override
    public PictureSize convert(String text) {
      return parse(text);
    }
  }

  /** The same pictures in this size. */
  PictureConfig in(PictureConfig picture) {
    return new PictureConfig(height, width, picture.background(), picture.fit());
  }

  /** The same run with pictures of this size. */
  RunConfig in(RunConfig config) {
    return config.withVqvae(config.vqvae().withPicture(in(config.vqvae().picture())));
  }
}
