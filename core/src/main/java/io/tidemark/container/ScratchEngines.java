package io.tidemark.container;

import io.tidemark.api.StateException;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Engines in temporary directories, which are gone when this is closed, or when the process ends
 * without that. Confined to one thread.
 */
final class ScratchEngines implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ScratchEngines.class);
  private static final long MEMORY_BYTES = 128L << 20;

  private final EngineFactory factory;
  private final List<Path> directories = new ArrayList<>(); // guarded by itself
  private final Thread atExit = new Thread(this::delete, "scratch-removal");

  ScratchEngines(EngineFactory factory) {
    this.factory = factory;
    factory.limitMemory(MEMORY_BYTES);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** An empty engine of one store, for a task's entries; the caller closes it. */
  StorageEngine open(String task, String store) {
    return factory.open(
        new EngineOptions(newDirectory(), task, List.of(new EngineOptions.Store(store, Map.of()))));
  }

  /** An empty directory. */
  Path newDirectory() {
    Path directory;
    try {
      directory = Files.createTempDirectory("tidemark-state-");
    } catch (IOException e) {
      throw new StateException(
          "TM-6010",
          "cannot create a temporary directory for what is read from journals and checkpoints: "
              + e
              + "; free some space, or name another place: TIDEMARK_OPTS=-Djava.io.tmpdir=DIR",
          e);
    }
    synchronized (directories) {
      directories.add(directory);
    }
    return directory;
  }

  /** At the process's end engines may still be writing; what they have then is removed again. */
  private void delete() {
    synchronized (directories) {
      directories.forEach(ScratchEngines::delete);
      directories.stream().filter(Files::exists).forEach(ScratchEngines::delete);
      directories.clear();
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("Cannot remove the temporary directory {}", directory, e);
    }
  }

  @Override
  public void close() {
    factory.close();
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process ends already", e);
    }
  }
}
