package io.tidemark.stores.rocksdb;

import io.tidemark.checkpoint.SnapshotContract;
import io.tidemark.state.EngineFactory;
import java.util.Map;

class RocksDbSnapshotTest extends SnapshotContract {
  @Override
  protected EngineFactory createFactory() {
    return new RocksDbEngineFactory(64 << 20);
  }

  @Override
  protected Map<String, String> storeProperties() {
    // Small files, so that flushes and compactions happen while a test runs.
    return Map.of(
        "rocksdb.write_buffer_size", "65536",
        "rocksdb.target_file_size_base", "65536",
        "rocksdb.max_bytes_for_level_base", "262144");
  }
}
