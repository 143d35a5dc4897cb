package io.tidemark.state;

/** What an engine has left on disk, open for reading only: nothing there is ever changed. */
public interface EngineFiles extends EngineSnapshot {

  /** About how many entries a store has. */
  long approximateEntries(int store);
}
