package dev.tessera.transformer.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadTeamTest {
  private static final int MEMBERS = 3;

  @Test
  void nobodyPassesABarrierBeforeAllAreThere() {
    int rounds = 2000;
    int[] counts = new int[MEMBERS];
    AtomicInteger early = new AtomicInteger();
    try (ThreadTeam team = new ThreadTeam(MEMBERS)) {
      for (int repeat = 0; repeat < 3; repeat++) {
        team.run(
            member -> {
              for (int round = 0; round < rounds; round++) {
                counts[member]++;
                team.meet(member);
                for (int other : counts) {
                  if (other != counts[member]) {
                    early.incrementAndGet();
                  }
                }
                team.meet(member);
              }
            });
      }
    }
    assertThat(counts).containsOnly(3 * rounds);
    assertThat(early).hasValue(0);
  }

  @Test
  void sleepersAreWoken() {
    AtomicInteger done = new AtomicInteger();
    try (ThreadTeam team = new ThreadTeam(MEMBERS)) {
      for (int round = 0; round < 3; round++) {
        sleep(30);
        team.run(
            member -> {
              sleep(20 * member);
              team.meet(member);
              done.incrementAndGet();
            });
      }
    }
    assertThat(done).hasValue(3 * MEMBERS);
  }

  @Test
  void whatAMemberThrowsReachesTheCallerAndTheTeamGoesOn() {
    try (ThreadTeam team = new ThreadTeam(MEMBERS)) {
      for (int failing = 0; failing < MEMBERS; failing++) {
        int chosen = failing;
        assertThatThrownBy(
                () ->
                    team.run(
                        member -> {
                          if (member == chosen) {
                            throw new IllegalStateException("member " + member);
                          }
                          team.meet(member);
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("member " + chosen);
        team.run(team::meet);
      }
    }
  }

  @Test
  void threadsHaveEndedWhenClosingReturns() {
    ThreadTeam team = new ThreadTeam(MEMBERS);
    Thread[] threads = new Thread[MEMBERS];
    team.run(member -> threads[member] = Thread.currentThread());
    assertThat(threads[0]).isSameAs(Thread.currentThread());
    team.close();
    for (int member = 1; member < MEMBERS; member++) {
      assertThat(threads[member].isAlive()).isFalse();
    }
    assertThatThrownBy(() -> team.run(member -> {})).hasMessage("these threads have ended");
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
