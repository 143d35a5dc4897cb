package io.tidemark.journal;

import io.tidemark.system.StreamSystem;

/** A system whose logs can hold journals, in one transaction with records sent to its streams. */
public interface JournalFactory extends StreamSystem {

  /**
   * A journal of this system. Does not talk to the system yet.
   *
   * @param name the name of the log that holds it, one partition per task
   */
  Journal journal(String name);
}
