package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStoreFactory;
import java.util.Map;

/** Opens {@link S3BlobStore}s: {@code task.checkpoint.store.factory=s3}. */
public final class S3BlobStoreFactory implements BlobStoreFactory {
  @Override
  public String type() {
    return "s3";
  }

  @Override
  public BlobStore open(String job, Map<String, String> properties) {
    return new S3BlobStore(S3Settings.parse(job, properties), System::currentTimeMillis);
  }
}
