package dev.tessera.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class BudgetTest {
  @Test
  void stepsAreSpentByStepsAlone() {
    Budget budget = new Budget.Steps(20);
    assertThat(budget.progress(0, 1e9)).isZero();
    assertThat(budget.progress(5, 0)).isEqualTo(0.25);
    assertThat(budget.progress(20, 0)).isEqualTo(1);
    assertThat(budget.progress(21, 0)).isEqualTo(1);
    assertThat(budget.plannedSteps(3, 100)).isEqualTo(20);
  }

  @Test
  void timeIsSpentByTheClockAloneAndForeseesTheSteps() {
    Budget budget = new Budget.Time(60);
    assertThat(budget.progress(1_000_000, 0)).isZero();
    assertThat(budget.progress(1, 15)).isEqualTo(0.25);
    assertThat(budget.progress(1, 61)).isEqualTo(1);
    assertThat(budget.plannedSteps(10, 15)).isEqualTo(40);
    assertThat(budget.plannedSteps(10, 120)).isEqualTo(10);
    assertThat(budget.plannedSteps(0, 0)).isEqualTo(1);
  }

  @Test
  void emptyBudgetsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Budget.Steps(0))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Budget.Time(Double.NaN))
        .withMessageContaining("NaN");
  }
}
