package io.tidemark.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * What the user sees: a line for each phase with the time it took, and while it runs a line of
 * progress, which a terminal shows in place. Any thread may call it.
 */
public final class Screen {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
  private static final String ERASE_LINE = "\r\u001b[2K";

  private final PrintWriter out;
  private final boolean inPlace;
  private String phase = "";
  private long phaseBegan;
  private long nextLine;
  private boolean unfinishedLine;

  /**
   * @param out where to print
   * @param inPlace whether it is a terminal
   */
  public Screen(PrintWriter out, boolean inPlace) {
    this.out = out;
    this.inPlace = inPlace;
  }

  /** Prints a line. */
  synchronized void say(String line) {
    erase();
    out.println(line);
    out.flush();
  }

  /** Prints a line that belongs to the phase. */
  void note(String text) {
    say(String.format(Locale.ROOT, "%-10s%s", "", text));
  }

  /** Begins a phase. */
  synchronized void begin(String name, String doing) {
    phase = name;
    phaseBegan = System.nanoTime();
    nextLine = phaseBegan + BETWEEN_LINES.toNanos();
    if (inPlace) {
      progress(doing);
    }
  }

  /** Shows how far the phase is; where lines stay, only now and then. */
  synchronized void progress(String state) {
    if (inPlace) {
      out.print(ERASE_LINE + line(state));
      out.flush();
      unfinishedLine = true;
    } else if (System.nanoTime() - nextLine >= 0) {
      nextLine += BETWEEN_LINES.toNanos();
      say(line(state));
    }
  }

  /** Ends the phase with what came of it. */
  synchronized void done(String result) {
    double seconds = (System.nanoTime() - phaseBegan) / 1e9;
    say(line(String.format(Locale.ROOT, "%-66s %6.1f s", result, seconds)));
  }

  private String line(String text) {
    return String.format(Locale.ROOT, "%-10s%s", phase, text);
  }

  private void erase() {
    if (unfinishedLine) {
      out.print(ERASE_LINE);
      unfinishedLine = false;
    }
  }
}
