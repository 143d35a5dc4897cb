package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineFactory;
import io.tidemark.state.KeyValueStoreContract;
import io.tidemark.state.StoreCostContract;
import io.tidemark.state.StoreExpiryContract;
import io.tidemark.state.StoreLimitContract;
import io.tidemark.state.StoreRandomContract;
import org.junit.jupiter.api.Nested;

/** Stores on RocksDB. */
class RocksDbStoreTest {
  @Nested
  class Contract extends KeyValueStoreContract {
    @Override
    protected EngineFactory createFactory() {
      return new RocksDbEngineFactory(64 << 20);
    }
  }

  @Nested
  class Expiry extends StoreExpiryContract {
    @Override
    protected EngineFactory createFactory() {
      return new RocksDbEngineFactory(64 << 20);
    }
  }

  @Nested
  class Limits extends StoreLimitContract {
    @Override
    protected EngineFactory createFactory() {
      return new RocksDbEngineFactory(64 << 20);
    }
  }

  @Nested
  class Costs extends StoreCostContract {
    @Override
    protected EngineFactory createFactory() {
      return new RocksDbEngineFactory(64 << 20);
    }
  }

  @Nested
  class Random extends StoreRandomContract {
    @Override
    protected EngineFactory createFactory() {
      return new RocksDbEngineFactory(64 << 20);
    }
  }
}
