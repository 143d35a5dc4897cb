package io.tidemark.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBlobStoreCrashTest extends BlobStoreCrashContract {
  @TempDir Path directory;

  @Override
  protected String type() {
    return "filesystem";
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of("path", directory.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blob.before-write",
        "blob.within-write:3",
        "blob.before-force",
        "blob.before-rename",
        "blob.after-rename",
        "blob.before-rename:2",
        "blob.after-rename:2",
        "blob.before-link",
        "blob.after-link",
        "blob.after-delete",
        "catalog.within-collect",
        "catalog.within-collect:2"
      })
  void a_process_that_dies_leaves_whole_blobs(String failpoint) throws Exception {
    assertThatBlobsStayWhole(failpoint);
  }
}
