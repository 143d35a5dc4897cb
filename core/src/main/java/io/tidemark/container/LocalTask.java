package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.config.JobSettings;
import io.tidemark.journal.Block;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.StateDirectory.Identity;
import io.tidemark.state.StoreSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The local state of a task that does not run: its directory, locked, and the engines' files, open
 * for reading. Nothing in it is changed. Confined to one thread.
 */
public final class LocalTask implements AutoCloseable {
  /** The position of the cut that a journal was begun from. */
  static final long BEFORE_JOURNAL = -1;

  private final TaskName task;
  private final StateDirectory directory;
  private final Identity identity;
  private final Function<StoreSpec, EngineFactory> engines;
  private final Map<String, EngineFiles> files = new HashMap<>();

  private LocalTask(
      TaskName task, StateDirectory directory, Function<StoreSpec, EngineFactory> engines) {
    this.task = task;
    this.directory = directory;
    this.engines = engines;
    this.identity = Objects.requireNonNull(directory.identity());
  }

  static @Nullable LocalTask open(
      JobSettings settings, TaskName task, Function<StoreSpec, EngineFactory> engines) {
    StateDirectory directory =
        StateDirectory.openExisting(settings.stateDirectory(), settings.job(), task);
    if (directory == null) {
      return null;
    }
    try {
      return new LocalTask(task, directory, engines);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Where it is. */
  public Path path() {
    return directory.path();
  }

  Identity identity() {
    return identity;
  }

  Slots slots() {
    Block kept = directory.opening();
    Block.Opening begun = kept == null ? null : kept.opening();
    int tasks = begun == null ? identity.partitions() : begun.tasks();
    return new Slots(identity.slots(), tasks, task.partition());
  }

  /** The files with a store's entries; null if there are none. */
  @Nullable EngineFiles files(StoreSpec store) {
    return files.computeIfAbsent(
        store.name(),
        name ->
            directory.files(
                store.engine(),
                engines.apply(store),
                new EngineOptions.Store(name, store.properties())));
  }

  /** Whether the files of a store's engine are here. */
  public boolean has(StoreSpec store) {
    return files(store) != null;
  }

  /** The number of the commit that a store's engine has; 0 if it has none. */
  public long commit(StoreSpec store) {
    EngineFiles found = files(store);
    return found == null ? EngineCommit.NONE.number() : found.commit().number();
  }

  /** About how many entries a store's engine has. */
  public long approximateEntries(StoreSpec store) {
    EngineFiles found = files(store);
    return found == null ? 0 : found.approximateEntries(0);
  }

  /** How many bytes its files have, those of all stores. */
  public long bytes() {
    try (Stream<Path> found = Files.walk(directory.path())) {
      return found.filter(Files::isRegularFile).mapToLong(LocalTask::size).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    files.values().forEach(EngineFiles::close);
    files.clear();
    directory.close();
  }
}
