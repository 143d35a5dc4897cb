package io.tidemark.state;

import org.junit.jupiter.api.Nested;

/** Stores on the engine in memory. */
class MemoryStoreTest {
  @Nested
  class Contract extends KeyValueStoreContract {
    @Override
    protected EngineFactory createFactory() {
      return new MemoryEngineFactory();
    }
  }
}
