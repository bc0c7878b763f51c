package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.transformer.TransformerConfig;
import dev.tessera.transformer.sequence.Direction;
import dev.tessera.transformer.sequence.SequenceBuilder;
import dev.tessera.transformer.sequence.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuidanceTest {
  private static final long SEED = 5;
  private static final TransformerConfig CONFIG = Models.SMALL;

  private static List<ImagePrompt> prompts() {
    List<ImagePrompt> prompts = new ArrayList<>();
    for (int k = 0; k < 12; k++) {
      prompts.add(ImagePrompt.text(new int[] {k, 200}, k));
    }
    return prompts;
  }

  private static List<ImageSample> sample(SamplingOptions options) {
    try (IncrementalDecoder decoder = Models.decoder(CONFIG, SEED, 32)) {
      return new ImageSampler(decoder).sample(prompts(), options);
    }
  }

  /**
   * The nearest number above 1 is guidance by the options, so that both streams run, and 1 in
   * single precision.
   */
  @ParameterizedTest
  @EnumSource
  void aGuidanceOfOneIsNoneToTheBit(GuidanceSchedule schedule) {
    SamplingOptions none = new SamplingOptions(0.9, 8, 0.95, 1, 3);
    SamplingOptions one = none.withGuidance(Math.nextUp(1.0)).withGuidanceSchedule(schedule);
    assertThat(none.isGuided()).isFalse();
    assertThat(one.isGuided()).isTrue();
    List<ImageSample> plain = sample(none);
    List<ImageSample> guided = sample(one);
    for (int k = 0; k < plain.size(); k++) {
      assertThat(guided.get(k).codes()).isEqualTo(plain.get(k).codes());
      assertThat(guided.get(k).logLikelihood()).isEqualTo(plain.get(k).logLikelihood());
    }
    assertThat(sample(none.withGuidance(1.5)).get(0).codes()).isNotEqualTo(plain.get(0).codes());
  }

  @Test
  void theLogitsOfTheConditionalStreamAreThoseWithoutAnother() {
    SequenceBuilder builder = new SequenceBuilder(CONFIG);
    int[] codes = {3, 1, 4, 1, 5, 9};
    TokenSequence prompted = builder.build(new int[] {10, 20}, codes, Direction.FORWARD);
    TokenSequence none = builder.build(new int[0], codes, Direction.FORWARD);
    try (IncrementalDecoder one = Models.decoder(CONFIG, SEED, 1);
        IncrementalDecoder two = Models.decoder(CONFIG, SEED, 2)) {
      one.start(1);
      two.start(2);
      for (int t = 0; t < prompted.length(); t++) {
        int position = prompted.positions()[t];
        int target = prompted.targetPositions()[t];
        Range range = t < CONFIG.textLength() ? Range.NONE : Range.IMAGE;
        int[] tokens = {prompted.tokens()[t], none.tokens()[t]};
        float[][] alone = one.step(tokens, position, target, range);
        float[][] both = two.step(tokens, position, target, range);
        if (range == Range.IMAGE) {
          assertThat(both[0]).as("input %d", t).containsExactly(alone[0]);
          float[] guided = both[0].clone();
          ImageSampler.guide(guided, both[1], 1);
          assertThat(guided).as("guided by 1 at input %d", t).containsExactly(alone[0]);
        }
      }
    }
  }

  @Test
  void schedulesGoFromNoneToAll() {
    for (GuidanceSchedule schedule :
        new GuidanceSchedule[] {GuidanceSchedule.LINEAR, GuidanceSchedule.COSINE}) {
      assertThat(schedule.scale(4, 0, 65)).isEqualTo(1);
      assertThat(schedule.scale(4, 32, 65)).isCloseTo(2.5, within(1e-12));
      assertThat(schedule.scale(4, 64, 65)).isCloseTo(4, within(1e-12));
      assertThat(schedule.scale(4, 0, 1)).isCloseTo(4, within(1e-12));
      for (int token = 1; token < 65; token++) {
        assertThat(schedule.scale(4, token, 65)).isGreaterThan(schedule.scale(4, token - 1, 65));
      }
    }
    assertThat(GuidanceSchedule.LINEAR.scale(4, 16, 65)).isCloseTo(1.75, within(1e-12));
    assertThat(GuidanceSchedule.COSINE.scale(4, 16, 65))
        .isCloseTo(1 + 3 * (1 - Math.sqrt(0.5)) / 2, within(1e-12));
    assertThat(GuidanceSchedule.CONSTANT.scale(4, 0, 65)).isEqualTo(4);
  }

  /**
   * With a scale that grows from 1, the first code is drawn without guidance, the last with all.
   */
  @ParameterizedTest
  @EnumSource(names = {"LINEAR", "COSINE"})
  void aScheduleGuidesLateTokensOnly(GuidanceSchedule schedule) {
    SamplingOptions none = SamplingOptions.DEFAULT;
    List<ImageSample> plain = sample(none);
    List<ImageSample> strong = sample(none.withGuidance(9));
    List<ImageSample> growing = sample(none.withGuidance(9).withGuidanceSchedule(schedule));
    int otherwise = 0;
    int changed = 0;
    for (int k = 0; k < plain.size(); k++) {
      assertThat(growing.get(k).codes()[0]).isEqualTo(plain.get(k).codes()[0]);
      otherwise += strong.get(k).codes()[0] != plain.get(k).codes()[0] ? 1 : 0;
      changed += java.util.Arrays.equals(growing.get(k).codes(), plain.get(k).codes()) ? 0 : 1;
    }
    assertThat(otherwise).as("first codes that constant guidance changes").isPositive();
    assertThat(changed).as("pictures that the schedule changes").isPositive();
  }
}
