package io.tidemark.stores.rocksdb;

import io.tidemark.container.JobStateContract;

class RocksDbJobStateTest extends JobStateContract {
  @Override
  protected String engine() {
    return "rocksdb";
  }

  @Override
  protected boolean keepsFiles() {
    return true;
  }
}
