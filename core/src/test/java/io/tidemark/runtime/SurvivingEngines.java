package io.tidemark.runtime;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StorageEngine;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Engines in memory that keep what they applied when they are closed or their process is killed, by
 * their directories, as those on a disk do. Confined to one thread.
 */
final class SurvivingEngines implements EngineFactory {
  private final MemoryEngineFactory factory = new MemoryEngineFactory();
  private final Map<Path, StorageEngine> engines = new HashMap<>();

  /** Called before something is applied; what it throws keeps that from happening. */
  Runnable beforeApply = () -> {};

  @Override
  public String type() {
    return "memory";
  }

  @Override
  public StorageEngine open(EngineOptions options) {
    Path files = options.directory().resolve("files");
    if (files.toFile().mkdirs()) {
      engines.put(files, factory.open(options)); // the directory was set aside, or is new
    }
    return new Opened(engines.get(files));
  }

  private final class Opened implements StorageEngine {
    private final StorageEngine engine;

    Opened(StorageEngine engine) {
      this.engine = engine;
    }

    @Override
    public EngineCommit commit() {
      return engine.commit();
    }

    @Override
    public byte @Nullable [] get(int store, byte[] key) {
      return engine.get(store, key);
    }

    @Override
    public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
      return engine.scan(store, from, to, direction);
    }

    @Override
    public EngineSnapshot snapshot() {
      return engine.snapshot();
    }

    @Override
    public void apply(Iterable<Change> changes, EngineCommit commit) {
      beforeApply.run();
      engine.apply(changes, commit);
    }

    @Override
    public void flush() {}

    @Override
    public long approximateEntries(int store) {
      return engine.approximateEntries(store);
    }

    @Override
    public void close() {}
  }
}
