package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.MemoryBlobStore;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoredCheckpointsTest {
  private final MemoryBlobStore blobs = new MemoryBlobStore();
  private final StoredCheckpoints checkpoints =
      new StoredCheckpoints(new Catalog(blobs), OnVerificationFailure.FAIL);

  @Test
  void retiringWhatIsNotThereDoesNothing() {
    checkpoints.retire(1, "");
    checkpoints.retire(2, "savepoint");
    assertThat(blobs.list("")).isEmpty();
  }

  @Test
  void retiringDeletesADamagedManifestToo() {
    blobs.put(
        "savepoints/savepoint/manifest", Source.of("damaged".getBytes(StandardCharsets.UTF_8)));
    checkpoints.retire(2, "savepoint");
    assertThat(blobs.list("")).isEmpty();
  }
}
