package io.tidemark.cli;

import io.tidemark.container.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Shows how a job gets on: on a terminal in one line that changes, elsewhere in a plain line every
 * {@value #PLAIN_INTERVAL_S} seconds. Any thread may call it.
 */
final class ProgressLine {
  private static final long PLAIN_INTERVAL_S = 10;
  private static final double RATE_WEIGHT = 0.3;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long begin;
  private long lastNanos;
  private long lastPlain;
  private Progress last = Progress.NONE;
  private double rate;
  private String shown = "";

  ProgressLine(PrintWriter out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
    this.lastNanos = begin;
    this.lastPlain = begin;
  }

  /** Shows the newest state, if it is time. */
  synchronized void show(Progress progress) {
    long now = nanos.getAsLong();
    if (terminal) {
      measure(progress, now);
      shown = text(progress);
      out.print(CLEAR + shown);
      out.flush();
    } else if (now - lastPlain >= TimeUnit.SECONDS.toNanos(PLAIN_INTERVAL_S)) {
      measure(progress, now);
      lastPlain = now;
      out.println(text(progress));
    }
  }

  /** The rate: on a terminal smoothed, in plain lines that since the last line. */
  private void measure(Progress progress, long now) {
    double seconds = (now - lastNanos) / 1e9;
    if (seconds > 0) {
      double current = Math.max(0, progress.recordsIn() - last.recordsIn()) / seconds;
      rate = terminal && rate > 0 ? rate + RATE_WEIGHT * (current - rate) : current;
      last = progress;
      lastNanos = now;
    }
  }

  private String text(Progress progress) {
    return String.format(
        Locale.ROOT,
        "%,d records in, %,.0f/s, lag %,d, %,d commits, %s%s",
        progress.recordsIn(),
        rate,
        progress.lag(),
        progress.commits(),
        counted(progress.restarts(), "restart"),
        rejected(progress));
  }

  private static String rejected(Progress progress) {
    return (progress.skipped() > 0
            ? String.format(Locale.ROOT, ", %,d skipped", progress.skipped())
            : "")
        + (progress.deadLetters() > 0
            ? String.format(Locale.ROOT, ", %,d dead letters", progress.deadLetters())
            : "");
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** Prints a line that stays. */
  synchronized void say(String line) {
    out.println((shown.isEmpty() ? "" : CLEAR) + line);
    out.print(shown);
    out.flush();
  }

  /** Takes the changing line away, for something else to be printed. */
  synchronized void clear() {
    if (!shown.isEmpty()) {
      shown = "";
      out.print(CLEAR);
      out.flush();
    }
  }

  /** Prints, as the last line, what the job has done in all. */
  synchronized void finish(String how, Progress progress) {
    clear();
    double seconds = (nanos.getAsLong() - begin) / 1e9;
    out.println(
        String.format(
            Locale.ROOT,
            "%s after %.1f s: %,d records in (%,.0f/s), %,d out, %,d commits, %s%s",
            how,
            seconds,
            progress.recordsIn(),
            seconds > 0 ? progress.recordsIn() / seconds : 0,
            progress.recordsOut(),
            progress.commits(),
            counted(progress.restarts(), "restart"),
            rejected(progress)));
  }
}
