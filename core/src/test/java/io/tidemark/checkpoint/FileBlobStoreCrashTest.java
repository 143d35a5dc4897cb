package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStore.Stat;
import io.tidemark.system.Failpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process dies at each step of a write: what is there afterwards is whole, old or new. */
class FileBlobStoreCrashTest {
  @TempDir Path directory;

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
        "blob.after-delete"
      })
  void a_process_that_dies_leaves_whole_blobs(String failpoint) throws Exception {
    BlobStore store = new FileBlobStore(directory, System::currentTimeMillis);
    store.put("blobs/ab/replaced", Source.of(PuttingProcess.content(1)));
    store.put("blobs/ef/deleted", Source.of(PuttingProcess.content(1)));

    assertThat(exitStatus(failpoint)).isEqualTo(Failpoint.EXIT_STATUS);

    List<Stat> found = store.list("");
    assertThat(found).extracting(Stat::name).contains("blobs/ab/replaced");
    for (Stat stat : found) {
      byte[] bytes = store.read(stat.name());
      assertThat(bytes).isEqualTo(PuttingProcess.content(bytes[0]));
      assertThat(stat.size()).isEqualTo(bytes.length);
    }
    assertThat(exitStatus("none")).as("tried again").isZero();
    assertThat(store.list(""))
        .extracting(Stat::name)
        .containsExactly("blobs/ab/replaced", "blobs/cd/new", "checkpoints/000000000001/manifest");
    assertThat(store.read("checkpoints/000000000001/manifest"))
        .isEqualTo(PuttingProcess.content(4));
  }

  private int exitStatus(String failpoint) throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Dtidemark.failpoint=" + failpoint,
                "-cp",
                System.getProperty("java.class.path"),
                PuttingProcess.class.getName(),
                directory.toString())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
