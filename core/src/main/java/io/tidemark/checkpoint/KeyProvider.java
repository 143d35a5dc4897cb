package io.tidemark.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * Has the master keys that blobs' own keys are encrypted with. New blobs use the active one; the
 * others are there so that older blobs can be read. Any thread may call it.
 */
public interface KeyProvider {

  /** A master key for AES-256. */
  interface MasterKey {
    /** Its name, of at most 64 letters, digits, dots, dashes and underscores; in every blob. */
    String id();

    /** Its 32 bytes, a copy. */
    byte[] bytes();
  }

  /**
   * The key for new blobs.
   *
   * @throws BlobStoreException (TM-8113) if it cannot be had
   */
  MasterKey active();

  /**
   * The key of that id; null if there is none.
   *
   * @throws BlobStoreException (TM-8113) if that cannot be told
   */
  @Nullable MasterKey find(String id);
}
