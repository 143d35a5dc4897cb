package io.tidemark.state;

/**
 * Keeps state in the heap. Nothing survives the process: an engine opens empty, at {@link
 * EngineCommit#NONE}, and the task replays its journal.
 */
public final class MemoryEngineFactory implements EngineFactory {

  @Override
  public String type() {
    return "memory";
  }

  @Override
  public StorageEngine open(EngineOptions options) {
    return new MemoryEngine(options.stores().size());
  }
}
