package dev.tessera.cli.config;

import dev.tessera.transformer.pipeline.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The configurations that come with the program, one YAML file each, and how one is chosen. */
public final class ShippedConfigs {
  /** What is used unless another is asked for. */
  public static final String DEFAULT = "default";

  /** The names of all. */
  public static final List<String> NAMES =
      List.of(
          DEFAULT, "demo", "overfit", "overfit-gumbel", "fsq", "dalle1", "emoji", "emoji-finish");

  private ShippedConfigs() {}

  /**
   * The configuration of that name or else of that file.
   *
   * @throws ConfigException if it is neither, or the file is not a valid configuration
   */
  public static RunConfig find(String nameOrFile) throws IOException {
    if (NAMES.contains(nameOrFile)) {
      return shipped(nameOrFile);
    }
    Path file = Path.of(nameOrFile);
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          "the configuration \""
              + nameOrFile
              + "\" is neither a file nor one of "
              + String.join(", ", NAMES));
    }
    return ConfigFile.read(file);
  }

  private static RunConfig shipped(String name) throws IOException {
    String resource = "/configs/" + name + ".yaml";
    try (InputStream in = ShippedConfigs.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("this build of Tessera lacks its configuration " + name);
      }
      return ConfigFile.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
    }
  }
}
