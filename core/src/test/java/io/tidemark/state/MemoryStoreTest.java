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

  @Nested
  class Expiry extends StoreExpiryContract {
    @Override
    protected EngineFactory createFactory() {
      return new MemoryEngineFactory();
    }
  }

  @Nested
  class Limits extends StoreLimitContract {
    @Override
    protected EngineFactory createFactory() {
      return new MemoryEngineFactory();
    }
  }

  @Nested
  class Costs extends StoreCostContract {
    @Override
    protected EngineFactory createFactory() {
      return new MemoryEngineFactory();
    }
  }

  @Nested
  class Random extends StoreRandomContract {
    @Override
    protected EngineFactory createFactory() {
      return new MemoryEngineFactory();
    }
  }
}
