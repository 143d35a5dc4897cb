package io.tidemark.integration;

import io.tidemark.testing.FedStoreContract;

class RocksDbFedStoreTest extends FedStoreContract {
  @Override
  protected String engine() {
    return "rocksdb";
  }
}
