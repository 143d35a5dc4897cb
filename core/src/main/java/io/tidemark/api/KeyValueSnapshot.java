package io.tidemark.api;

/**
 * What a store held at one moment, uncommitted writes of its task included. It never changes,
 * except that entries go when their time to live has passed. The task that took it may keep it over
 * many records, and must close it: until then the engine keeps what was overwritten since. Only the
 * task's own thread may call it.
 */
public interface KeyValueSnapshot<K, V> extends ReadOnlyKeyValueStore<K, V>, AutoCloseable {

  /** Gives up the snapshot. Its iterators are closed too. Closing again does nothing. */
  @Override
  void close();
}
