package io.tidemark.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Lets SIGTERM, Ctrl-C and the closing of the terminal ask for an orderly end instead of ending the
 * process. A second signal ends it at once.
 *
 * <p>A shutdown hook would not do: the process could not exit with 0, and other hooks (of a broker
 * that still has to take the last commit) would run at the same time.
 */
final class StopSignals implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  /** What shells tell of a process that a signal ended: 128 and the signal's number. */
  static final int SIGNALLED = 128;

  private final Runnable stop;
  private final Map<Signal, SignalHandler> before = new HashMap<>();
  private boolean asked;

  private StopSignals(Runnable stop) {
    this.stop = stop;
  }

  /**
   * Signals call {@code stop} until this is closed.
   *
   * @param stop called once, on a thread of its own; it must not wait
   */
  static StopSignals call(Runnable stop) {
    StopSignals signals = new StopSignals(stop);
    NAMES.forEach(signals::handle);
    return signals;
  }

  private void handle(String name) {
    try {
      Signal signal = new Signal(name);
      before.put(signal, Signal.handle(signal, this::received));
    } catch (IllegalArgumentException e) {
      LOG.debug("no SIG{} here", name, e); // Windows has no SIGHUP; -Xrs leaves all to the system
    }
  }

  private synchronized void received(Signal signal) {
    if (asked) {
      Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
    }
    asked = true;
    stop.run();
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
  }
}
