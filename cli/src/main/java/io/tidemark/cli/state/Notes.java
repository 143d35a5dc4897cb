package io.tidemark.cli.state;

import io.tidemark.cli.options.Terminal;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import picocli.CommandLine;

/**
 * What a command tells besides its output, on the error stream: notes, and how it gets on, once a
 * second; on a terminal in one line that changes. Confined to one thread.
 */
final class Notes {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long last;
  private boolean shown;

  Notes(PrintWriter err, boolean terminal, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  /** On a command's error stream. */
  static Notes of(CommandLine command) {
    return new Notes(command.getErr(), Terminal.isPresent(), System::nanoTime);
  }

  /** Tells something. */
  void say(String line) {
    clear();
    err.println(line);
    err.flush();
  }

  /** Which share of something is done, from 0 to 1. */
  void progress(String what, double share) {
    if (isDue()) {
      show(String.format(Locale.ROOT, "%s: %.0f %%", what, 100 * share));
    }
  }

  /** Whether it is time to tell again how it gets on. */
  boolean isDue() {
    return nanos.getAsLong() - last >= INTERVAL;
  }

  /** Tells how it gets on. */
  void show(String line) {
    last = nanos.getAsLong();
    if (terminal) {
      err.print(CLEAR + line);
      shown = true;
    } else {
      err.println(line);
    }
    err.flush();
  }

  /** Takes the changing line away. */
  void clear() {
    if (shown) {
      err.print(CLEAR);
      err.flush();
      shown = false;
    }
  }
}
