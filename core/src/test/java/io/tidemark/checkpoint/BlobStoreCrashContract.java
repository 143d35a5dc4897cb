package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStore.Stat;
import io.tidemark.system.Failpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that writes to a blob store dies at some step: what is there afterwards is whole, old
 * or new, and nothing is in the way of whoever tries again.
 */
public abstract class BlobStoreCrashContract {
  private static final long LIMIT_S = 180;

  /** The store's type. */
  protected abstract String type();

  /** How its storage, empty at first, is found from any process. */
  protected abstract Map<String, String> properties();

  /** The size of a blob that the store has to write in pieces. */
  protected int largeBytes() {
    return 3_000_000;
  }

  /** Halts a process there. */
  protected final void assertThatBlobsStayWhole(String failpoint) throws Exception {
    try (BlobStore store = BlobStores.open(type(), properties(), Map.of(), PuttingProcess.JOB)) {
      store.put("blobs/ab/replaced", Source.of(content(1)));
      store.put("blobs/ef/unnamed", Source.of(content(1)));
      store.put("blobs/gh/unnamed", Source.of(content(1)));

      assertThat(exitStatus(failpoint)).isEqualTo(Failpoint.EXIT_STATUS);

      List<Stat> found = store.list("blobs/");
      assertThat(found).extracting(Stat::name).contains("blobs/ab/replaced");
      for (Stat stat : found) {
        byte[] bytes = store.read(stat.name());
        assertThat(bytes).isEqualTo(content(bytes[0]));
        assertThat(stat.size()).isEqualTo(bytes.length);
      }
      assertThat(new Catalog(store).list()).allMatch(entry -> entry.manifest() != null);
      assertThat(exitStatus("none")).as("tried again").isZero();
      assertThat(store.list("blobs/"))
          .extracting(Stat::name)
          .containsExactly("blobs/ab/replaced", "blobs/cd/new");
      assertThat(new Catalog(store).list()).hasSize(1);
    }
  }

  private byte[] content(int version) {
    return PuttingProcess.content(largeBytes(), version);
  }

  private int exitStatus(String failpoint) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Dtidemark.failpoint=" + failpoint,
                "-cp",
                System.getProperty("java.class.path"),
                PuttingProcess.class.getName(),
                Integer.toString(largeBytes()),
                type()));
    properties().forEach((key, value) -> command.add(key + "=" + value));
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
