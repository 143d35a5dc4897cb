package io.tidemark.stores.rocksdb;

import io.tidemark.container.RescaleContract;

class RocksDbRescaleTest extends RescaleContract {
  @Override
  protected String engine() {
    return "rocksdb";
  }
}
