package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStoreFactory;
import java.util.Map;

/** Opens {@link HdfsBlobStore}s: {@code task.checkpoint.store.factory=hdfs}. */
public final class HdfsBlobStoreFactory implements BlobStoreFactory {
  @Override
  public String type() {
    return "hdfs";
  }

  @Override
  public BlobStore open(String job, Map<String, String> properties) {
    return new HdfsBlobStore(HdfsSettings.parse(job, properties), System::currentTimeMillis);
  }
}
