/**
 * The configuration of a run as text: {@link dev.tessera.cli.config.ConfigFile} reads and writes
 * YAML whose keys are the components of {@link dev.tessera.transformer.pipeline.RunConfig},
 * strictly: every key is given, once, and no other. {@link dev.tessera.cli.config.ShippedConfigs}
 * are those that come with the program.
 */
@NullMarked
package dev.tessera.cli.config;

import org.jspecify.annotations.NullMarked;
