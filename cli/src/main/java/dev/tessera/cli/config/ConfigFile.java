package dev.tessera.cli.config;

import dev.tessera.engine.store.AtomicFiles;
import dev.tessera.transformer.pipeline.RunConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * A run's configuration as YAML. The keys are the components of the records, in any order; colours
 * are RRGGBB, enums are in lower case, a quantiser begins with its {@code type}, {@code fsq},
 * {@code vq}, {@code gumbel} or {@code lfq}, an adversary with {@code none} or {@code patches}.
 */
public final class ConfigFile {
  /** No configuration is nearly as long. */
  private static final long MAXIMUM_BYTES = 1 << 20;

  private static final YAMLMapper MAPPER =
      ConfigMixIns.addTo(
              YAMLMapper.builder(
                  YAMLFactory.builder()
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                      .disable(YAMLWriteFeature.USE_NATIVE_TYPE_ID)
                      .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                      .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                      .build()))
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE, EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(
              MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .build();

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException if it is not a complete and valid configuration
   * @throws IOException if it cannot be read
   */
  public static RunConfig read(Path file) throws IOException {
    if (Files.size(file) > MAXIMUM_BYTES) {
      throw new ConfigException(file + " is larger than any configuration");
    }
    return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
  }

  /**
   * Reads YAML.
   *
   * @param name what errors call it
   */
  public static RunConfig parse(String yaml, String name) throws ConfigException {
    RunConfig config;
    try (JsonParser keys = MAPPER.createParser(yaml)) {
      UnknownKeys.refuse(keys, RunConfig.class, name);
      config = MAPPER.readValue(yaml, RunConfig.class);
    } catch (JacksonException e) {
      throw ConfigErrors.explain(name, e);
    }
    if (config == null) {
      throw new ConfigException(name + " is empty");
    }
    return config;
  }

  /** The YAML that {@link #parse} reads as this configuration. */
  public static String format(RunConfig config) {
    return MAPPER.writeValueAsString(config);
  }

  /** Writes a file; one of that name is replaced in one step. */
  public static void write(RunConfig config, Path file) throws IOException {
    byte[] yaml = format(config).getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(yaml));
  }
}
