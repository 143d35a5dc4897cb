package io.tidemark.checkpoint;

import io.tidemark.state.EngineFactory;
import io.tidemark.state.MemoryEngineFactory;

class MemorySnapshotTest extends SnapshotContract {
  @Override
  protected EngineFactory createFactory() {
    return new MemoryEngineFactory();
  }
}
