package io.tidemark.checkpoint;

import java.nio.file.Path;
import java.util.Map;

/** Opens {@link FileKeyProvider}s: {@code task.checkpoint.encryption.keys=file}. */
public final class FileKeyProviderFactory implements KeyProviderFactory {
  @Override
  public String type() {
    return "file";
  }

  @Override
  public KeyProvider open(Map<String, String> properties) {
    PropertyReader reader = new PropertyReader("task.checkpoint.encryption.file.", properties);
    String path = reader.required("path", "the file with the master keys");
    reader.finish();
    return new FileKeyProvider(Path.of(path));
  }
}
