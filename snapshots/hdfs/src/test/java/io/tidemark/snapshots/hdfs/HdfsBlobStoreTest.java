package io.tidemark.snapshots.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tidemark.api.ConfigException;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStoreContract;
import io.tidemark.checkpoint.BlobStoreCrashContract;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.checkpoint.BlobStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The HDFS store keeps the contract with a real cluster; and what is particular to it. */
class HdfsBlobStoreTest extends BlobStoreContract {
  private static final AtomicInteger PATHS = new AtomicInteger();
  private static MiniDFSCluster cluster;

  private final String path = "/tests/" + PATHS.incrementAndGet();

  @BeforeAll
  static void startCluster(@TempDir Path directory) throws IOException {
    // It warns of all that these tests want it to go through.
    ((Logger) LoggerFactory.getLogger("org.apache.hadoop")).setLevel(Level.OFF);
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.toString());
    configuration.setInt("dfs.ls.limit", 50); // So many names are listed at a time.
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(2).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  @Override
  protected BlobStore open() {
    return open(System.currentTimeMillis());
  }

  private HdfsBlobStore open(long nowMs) {
    return new HdfsBlobStore(HdfsSettings.parse("totals-1", properties()), () -> nowMs);
  }

  private Map<String, String> properties() {
    return Map.of(
        "uri",
        "hdfs://127.0.0.1:" + cluster.getNameNodePort(),
        "path",
        path,
        "conf.dfs.replication",
        "2");
  }

  @Override
  protected int manyNames() {
    return 120;
  }

  @Override
  protected boolean readersMayFail() {
    return true; // The blocks of a file that is replaced go soon.
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blob.hdfs.within-write:2",
        "blob.hdfs.before-sync",
        "blob.hdfs.before-rename",
        "blob.hdfs.before-rename:2"
      })
  void a_process_that_dies_leaves_whole_blobs(String failpoint) throws Exception {
    new BlobStoreCrashContract() {
      @Override
      protected String type() {
        return "hdfs";
      }

      @Override
      protected Map<String, String> properties() {
        return HdfsBlobStoreTest.this.properties();
      }

      void run() throws Exception {
        assertThatBlobsStayWhole(failpoint);
      }
    }.run();
  }

  @Test
  void jobs_have_directories_of_their_own() {
    try (BlobStore one = BlobStores.open("hdfs", properties(), Map.of(), "one-1");
        BlobStore two = BlobStores.open("hdfs", properties(), Map.of(), "two-1")) {
      one.put("a", Source.of(bytes("of one")));

      assertThat(two.stat("a")).isNull();
      assertThat(one.toString()).endsWith(path + "/one-1");
    }
  }

  @Test
  void a_data_node_that_is_restarted_during_an_upload_does_no_harm() throws Exception {
    byte[] large = random(5, 24 << 20);
    try (BlobStore store = open()) {
      store.put("restarted", new RestartingSource(large));

      assertThat(store.read("restarted")).isEqualTo(large);
    }
    cluster.waitActive();
  }

  /** Bytes during which a data node stops and, a little later, comes back. */
  private record RestartingSource(byte[] bytes) implements Source {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new InputStream() {
        private final ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        private DataNodeProperties stopped;

        @Override
        public int read() {
          return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          if (stopped == null && in.available() < bytes.length / 2) {
            stopped = cluster.stopDataNode(0);
          }
          int read = in.read(target, offset, length);
          if (read < 0 && stopped != null) {
            cluster.restartDataNode(stopped);
          }
          return read;
        }
      };
    }
  }

  @Test
  void leftovers_go_after_a_day() throws Exception {
    org.apache.hadoop.fs.Path leftover =
        new org.apache.hadoop.fs.Path(path + "/totals-1/.tmp/leftover");
    cluster.getFileSystem().create(leftover).close();
    open().close();
    assertThat(cluster.getFileSystem().exists(leftover)).isTrue();

    open(System.currentTimeMillis() + Duration.ofHours(25).toMillis()).close();
    assertThat(cluster.getFileSystem().exists(leftover)).isFalse();
  }

  @Test
  void a_quota_that_is_used_up_is_told() throws Exception {
    try (BlobStore store = open()) {
      store.put("fits", Source.of(bytes("fits")));
      cluster
          .getFileSystem()
          .setQuota(new org.apache.hadoop.fs.Path(path), Long.MAX_VALUE - 1, 1 << 20);

      assertThatThrownBy(() -> store.put("large", Source.of(new byte[1 << 20])))
          .isInstanceOf(BlobStoreException.class)
          .hasMessageStartingWith("TM-8103: the blob large cannot be written to hdfs://");
      assertThat(store.read("fits")).isEqualTo(bytes("fits"));
      awaitNames("", "fits");
    }
  }

  @Test
  void a_file_where_the_directory_should_be_is_told() throws Exception {
    cluster.getFileSystem().create(new org.apache.hadoop.fs.Path("/a-file")).close();
    Map<String, String> properties =
        Map.of("uri", "hdfs://127.0.0.1:" + cluster.getNameNodePort(), "path", "/a-file");

    assertThatThrownBy(() -> BlobStores.open("hdfs", properties, Map.of(), "totals-1"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8105: ");
  }

  @Test
  void a_keytab_that_does_not_work_is_told(@TempDir Path directory) {
    Map<String, String> properties =
        Map.of(
            "path", "/tests",
            "principal", "tidemark/host@EXAMPLE.COM",
            "keytab", directory.resolve("none").toString(),
            "conf.hadoop.security.auth_to_local", "DEFAULT");
    try {
      assertThatThrownBy(() -> BlobStores.open("hdfs", properties, Map.of(), "totals-1"))
          .isInstanceOf(BlobStoreException.class)
          .hasMessageStartingWith("TM-8104: tidemark/host@EXAMPLE.COM cannot log in");
    } finally {
      // It is one for all of the process.
      org.apache.hadoop.security.UserGroupInformation.setConfiguration(new Configuration());
    }
  }

  @Test
  void what_is_wrong_in_the_configuration_is_told() {
    Map<String, String> properties = Map.of("path", "x", "uri", "namenode", "keytab", "/k");
    assertThatThrownBy(() -> BlobStores.open("hdfs", properties, Map.of(), "totals-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: the configuration has 3 problems")
        .hasMessageContaining("hdfs.path=x: does not begin with a slash")
        .hasMessageContaining("hdfs.uri=namenode: ")
        .hasMessageContaining("hdfs.principal: is missing");
  }
}
