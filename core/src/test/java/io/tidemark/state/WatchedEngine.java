package io.tidemark.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An engine that can be made to fail, and tells what was done with it. */
final class WatchedEngine implements StorageEngine {
  final List<EngineCommit> applied = Collections.synchronizedList(new ArrayList<>());
  volatile Runnable beforeApply = () -> {};
  volatile Runnable afterScan = () -> {};
  volatile boolean applying;
  volatile boolean flushed;
  volatile boolean closed;
  volatile boolean closedWhileApplying;
  volatile boolean readAfterClose;
  volatile Runnable beforeGetAll = () -> {};
  final AtomicInteger gets = new AtomicInteger();

  /** How many keys were read together with others. */
  final AtomicInteger gotTogether = new AtomicInteger();

  private final StorageEngine engine;

  WatchedEngine(StorageEngine engine) {
    this.engine = engine;
  }

  @Override
  public EngineCommit commit() {
    return engine.commit();
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    gets.incrementAndGet();
    return engine.get(store, key);
  }

  @Override
  public byte[] @Nullable [] getAll(int store, byte[][] keys) {
    readAfterClose |= closed;
    beforeGetAll.run();
    gotTogether.addAndGet(keys.length);
    byte[] @Nullable [] values = engine.getAll(store, keys);
    readAfterClose |= closed;
    return values;
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    EngineIterator found = engine.scan(store, from, to, direction);
    afterScan.run();
    return found;
  }

  @Override
  public EngineSnapshot snapshot() {
    return engine.snapshot();
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit commit) {
    applying = true;
    try {
      beforeApply.run();
      engine.apply(changes, commit);
      applied.add(commit);
    } finally {
      applying = false;
    }
  }

  @Override
  public EngineCommit freeze(Path into, long mostUnflushed) {
    return engine.freeze(into, mostUnflushed);
  }

  @Override
  public void flush() {
    flushed = true;
    engine.flush();
  }

  @Override
  public long approximateEntries(int store) {
    return engine.approximateEntries(store);
  }

  @Override
  public void close() {
    closed = true;
    closedWhileApplying |= applying;
    engine.close();
  }
}
