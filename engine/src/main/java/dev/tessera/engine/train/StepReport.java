package dev.tessera.engine.train;

import java.util.Map;

/**
 * What one step of training did.
 *
 * @param stage "vqvae", "transformer", "ranker" or "namer"
 * @param step steps done, this one included
 * @param plannedSteps steps at the end, as far as can be told now
 * @param progress share of the budget that is spent, 0 to 1
 * @param seconds time spent in this stage, earlier sessions of the run included
 * @param loss of the step's batch
 * @param learningRate of the step
 * @param gradientNorm before clipping
 * @param measures what the stage itself measures as it goes, by name
 */
public record StepReport(
    String stage,
    long step,
    long plannedSteps,
    double progress,
    double seconds,
    double loss,
    double learningRate,
    double gradientNorm,
    Map<String, Double> measures) {}
