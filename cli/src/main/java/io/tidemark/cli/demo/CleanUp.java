package io.tidemark.cli.demo;

import io.tidemark.api.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends everything that the demo began, the last first, exactly once: when the demo is through, or
 * when the user interrupts it and this JVM shuts down. Any thread may call it.
 */
final class CleanUp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);

  private final Deque<AutoCloseable> begun = new ArrayDeque<>();
  private final Thread hook = new Thread(this::interrupt, "demo-clean-up");
  private volatile boolean interrupted;
  private volatile boolean directoryStays;
  private boolean over;

  CleanUp() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Begins something that has to be ended.
   *
   * @throws CancellationException if everything was ended already
   */
  synchronized <T extends AutoCloseable> T begin(Supplier<T> start) {
    if (over) {
      throw new CancellationException("the demo is over");
    }
    T started = start.get();
    begun.push(started);
    return started;
  }

  /** A new directory, which is removed with all that is in it. */
  Path directory() {
    Directory directory = begin(Directory::new);
    return directory.path;
  }

  /** From here on the directory is not removed; what runs is ended still. */
  void leaveDirectory() {
    directoryStays = true;
  }

  /** Whether the user interrupted the demo. */
  boolean isInterrupted() {
    return interrupted;
  }

  private void interrupt() {
    interrupted = true;
    end();
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("shutting down; the hook finds nothing to do", e);
    }
  }

  private synchronized void end() {
    over = true;
    while (!begun.isEmpty()) {
      AutoCloseable last = begun.pop();
      try {
        last.close();
      } catch (Exception e) {
        LOG.warn("The demo cannot end {}: {}", last, e.toString());
      }
    }
  }

  private final class Directory implements AutoCloseable {
    private final Path path;

    Directory() {
      try {
        path = Files.createTempDirectory("tidemark-demo-");
      } catch (IOException e) {
        throw new TidemarkException(
            "TM-5013",
            "the demo cannot create its temporary directory: "
                + e
                + "; free some space, or name another place: TIDEMARK_OPTS=-Djava.io.tmpdir=DIR",
            e);
      }
    }

    @Override
    public void close() throws IOException {
      if (directoryStays && !interrupted) {
        return;
      }
      try (Stream<Path> found = Files.walk(path)) {
        List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
        for (Path each : deepestFirst) {
          Files.deleteIfExists(each);
        }
      }
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
