package io.tidemark.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps state in the heap. Nothing survives the process: an engine opens empty, at {@link
 * EngineCommit#NONE}, and the task replays its journal. Only if its directory holds what {@link
 * StorageEngine#freeze} wrote does it open with that, once, and removes it.
 */
public final class MemoryEngineFactory implements EngineFactory {

  @Override
  public String type() {
    return "memory";
  }

  @Override
  public StorageEngine open(EngineOptions options) {
    List<String> names = options.stores().stream().map(EngineOptions.Store::name).toList();
    MemoryDump dump = MemoryDump.in(options);
    if (dump == null) {
      return new MemoryEngine(names, MemoryEngine.Contents.empty(names.size()));
    }
    MemoryEngine engine = new MemoryEngine(names, dump.load());
    dump.delete();
    return engine;
  }

  @Override
  public @Nullable EngineFiles openFiles(EngineOptions options) {
    MemoryDump dump = MemoryDump.in(options);
    return dump == null ? null : new FrozenMemory(dump);
  }
}
