package io.tidemark.api;

import java.util.Iterator;

/**
 * Entries of a store in order. It shows the store as it was when the iterator was made, whatever
 * the task writes meanwhile. Close it when done; it ends at the latest with the call of {@code
 * process} or {@code window} it was made in.
 */
public interface KeyValueIterator<K, V> extends Iterator<Entry<K, V>>, AutoCloseable {

  @Override
  void close();
}
