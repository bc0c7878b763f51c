package dev.tessera.cli.evaluation;

import dev.tessera.transformer.evaluation.ModelReport;
import dev.tessera.transformer.evaluation.feature.FeatureSpace;

/**
 * A model that was measured.
 *
 * @param name as it was given on the command line
 * @param report what was found out
 * @param space in which features were compared
 */
public record Evaluated(String name, ModelReport report, FeatureSpace space) {}
