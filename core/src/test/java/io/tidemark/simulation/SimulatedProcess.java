package io.tidemark.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A process: what it does happens only while it lives. When it crashes, nothing that it had planned
 * happens any more and nothing of it is closed; when it stands still, everything happens later. Its
 * clock may be wrong by an amount that stays the same.
 */
final class SimulatedProcess {
  private final String name;
  private final SimulatedTime time;
  private final Consumer<RuntimeException> failed;
  private final List<Runnable> late = new ArrayList<>();
  private long clockSkewMs;
  private boolean alive = true;
  private boolean paused;

  /**
   * @param failed is told when something that the process does throws, after the process has ended
   *     of it
   */
  SimulatedProcess(String name, SimulatedTime time, Consumer<RuntimeException> failed) {
    this.name = name;
    this.time = time;
    this.failed = failed;
  }

  /** Whether it has neither crashed nor failed. It may stand still. */
  boolean isAlive() {
    return alive;
  }

  boolean isPaused() {
    return paused;
  }

  /** How far its clock is ahead of the true time; negative if it is behind. */
  void setClockSkew(long skewMs) {
    clockSkewMs = skewMs;
  }

  /** The process's own clock, in milliseconds since 1970. */
  long clockMs() {
    return time.nowMs() + clockSkewMs;
  }

  /** Milliseconds that go on evenly, and from an origin of no meaning. */
  long tickerMs() {
    return time.nowMs();
  }

  /** Does something after a while. */
  void after(long delayMs, Runnable action) {
    time.after(delayMs, () -> act(action));
  }

  /** Does something again and again, for as long as it lives. */
  void every(long intervalMs, Runnable action) {
    after(
        intervalMs,
        () -> {
          action.run();
          every(intervalMs, action);
        });
  }

  /** Threads in the background: what they are given is done at some later moment, in any order. */
  Executor background(long longestMs) {
    return action -> after(time.upTo(longestMs), action);
  }

  /** One thread in the background: what it is given is done later, one after the other. */
  Executor serial(long longestMs) {
    return new Executor() {
      private long freeMs;

      @Override
      public void execute(Runnable action) {
        freeMs = Math.max(freeMs, time.nowMs()) + 1 + time.upTo(longestMs);
        after(freeMs - time.nowMs(), action);
      }
    };
  }

  private void act(Runnable action) {
    if (!alive) {
      return;
    }
    if (paused) {
      late.add(action);
      return;
    }
    try {
      action.run();
    } catch (RuntimeException e) {
      crash();
      failed.accept(e);
    }
  }

  /** Ends it, between two things that it does. */
  void crash() {
    alive = false;
    late.clear();
  }

  /** Lets it stand still, as a machine does that is suspended or short of memory. */
  void pause(long durationMs) {
    if (!alive || paused) {
      return;
    }
    paused = true;
    time.after(durationMs, this::resume);
  }

  private void resume() {
    paused = false;
    List<Runnable> actions = List.copyOf(late);
    late.clear();
    actions.forEach(this::act);
  }

  @Override
  public String toString() {
    return name;
  }
}
