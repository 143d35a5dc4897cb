package io.tidemark.runtime;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lets one of several threads go on at a time, drawn from a seed whenever the one before stops at
 * {@link #take}: the same seed gives the same interleaving.
 */
final class Turns {
  private final Random random;
  private final int participants;
  private final Set<String> waiting = new TreeSet<>();
  private int ended;
  private String chosen = "";

  Turns(Random random, int participants) {
    this.random = random;
    this.participants = participants;
  }

  /** Waits for a turn. */
  synchronized void take(String name) {
    waiting.add(name);
    choose();
    while (!chosen.equals(name)) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    chosen = "";
  }

  /** Takes no more turns. */
  synchronized void end() {
    ended++;
    choose();
  }

  private void choose() {
    if (!waiting.isEmpty() && waiting.size() + ended == participants) {
      chosen = waiting.stream().skip(random.nextInt(waiting.size())).findFirst().orElseThrow();
      waiting.remove(chosen);
      notifyAll();
    }
  }
}
