package io.tidemark.coordinator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what coordinators know of a job, small and durable: in files, ZooKeeper, Kubernetes. Any
 * thread may call it; calls block and throw {@link io.tidemark.api.TidemarkException} (TM-8310) if
 * the store cannot be reached.
 *
 * <p>Invariant: an entry changes only by a {@link #put} that names the version it was read with, so
 * that of two coordinators one loses.
 */
public interface MetadataStore extends AutoCloseable {

  /** An entry; null if there is none. */
  @Nullable Entry get(String name);

  /**
   * Writes an entry, durably.
   *
   * @param version that of the entry to replace; 0 to make a new one
   * @return the new version; 0 if the entry has another version now than was given
   */
  long put(String name, byte[] value, long version);

  /**
   * Deletes an entry.
   *
   * @return whether it had that version, or was not there
   */
  boolean delete(String name, long version);

  /** The names that begin with a prefix, in order. */
  List<String> list(String prefix);

  @Override
  void close();

  /**
   * An entry.
   *
   * @param value its bytes
   * @param version changes with each write; never 0
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  record Entry(byte[] value, long version) {}
}
