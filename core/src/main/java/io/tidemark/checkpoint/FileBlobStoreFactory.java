package io.tidemark.checkpoint;

import java.nio.file.Path;
import java.util.Map;

/**
 * Opens {@link FileBlobStore}s: {@code task.checkpoint.store.factory=filesystem}. The property
 * {@code path} is the directory; a job's blobs are in a directory of its name below it.
 */
public final class FileBlobStoreFactory implements BlobStoreFactory {
  @Override
  public String type() {
    return "filesystem";
  }

  @Override
  public BlobStore open(String job, Map<String, String> properties) {
    PropertyReader reader = new PropertyReader("task.checkpoint.store.filesystem.", properties);
    String path = reader.required("path", "the directory of checkpoints");
    reader.finish();
    return new FileBlobStore(Path.of(path).resolve(job), System::currentTimeMillis);
  }
}
