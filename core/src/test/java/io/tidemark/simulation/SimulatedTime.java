package io.tidemark.simulation;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Time that passes from one event to the next. Events of the same moment come in an order drawn
 * from the seed; so the same seed gives the same run. Confined to one thread.
 */
final class SimulatedTime {
  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowMs;
  private long scheduled;

  /**
   * @param startMs the first moment, in milliseconds since 1970
   */
  SimulatedTime(Random random, long startMs) {
    this.random = random;
    this.nowMs = startMs;
  }

  private record Event(long atMs, int tie, long number, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMs, other.atMs);
      int byTie = byTime != 0 ? byTime : Integer.compare(tie, other.tie);
      return byTie != 0 ? byTie : Long.compare(number, other.number);
    }
  }

  /** Milliseconds since 1970. */
  long nowMs() {
    return nowMs;
  }

  /** What everything by chance in the run is drawn from. */
  Random random() {
    return random;
  }

  /** A chance of so many in a thousand. */
  boolean chance(int perMille) {
    return random.nextInt(1000) < perMille;
  }

  /** A number of milliseconds from 0 up to and including {@code limit}. */
  long upTo(long limit) {
    return random.nextLong(limit + 1);
  }

  /** Has something done after so many milliseconds. */
  void after(long delayMs, Runnable action) {
    events.add(new Event(nowMs + delayMs, random.nextInt(), scheduled++, action));
  }

  /** Runs the next event; false if there is none. */
  boolean step() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    nowMs = next.atMs;
    next.action.run();
    return true;
  }

  /** Runs everything up to and including a moment. */
  void runUntil(long atMs) {
    for (Event next = events.peek(); next != null && next.atMs <= atMs; next = events.peek()) {
      step();
    }
    nowMs = Math.max(nowMs, atMs);
  }
}
