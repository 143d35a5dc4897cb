package io.tidemark.api;

import java.util.List;

/**
 * A task that names beforehand the keys it is going to read. They are loaded on other threads while
 * the records before are processed, which pays when state is larger than memory: a read of the
 * engine then costs the task little more than one of the cache.
 *
 * <p>It is a hint and changes no result. A key that is not named is loaded when it is read.
 */
public interface PrefetchingTask extends StreamTask {

  /**
   * Names the keys that the processing of some records will read. Called on the task's thread,
   * before {@link #process} of the first of them; the records before may not have been processed
   * yet, so what stores hold says little about what these records will find.
   *
   * @param envelopes the records, without those that could not be deserialized
   * @param keys takes the keys
   * @throws Exception fails the task
   */
  void prefetch(List<IncomingMessageEnvelope> envelopes, KeyPrefetch keys) throws Exception;
}
