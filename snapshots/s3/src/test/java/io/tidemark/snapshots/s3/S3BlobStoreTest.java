package io.tidemark.snapshots.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStoreContract;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.checkpoint.BlobStores;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** The S3 store keeps the contract with a real server; and what is particular to it. */
class S3BlobStoreTest extends BlobStoreContract {
  private final String bucket = S3Server.newBucket();

  @Override
  protected BlobStore open() {
    return open(System.currentTimeMillis());
  }

  private BlobStore open(long nowMs) {
    return new S3BlobStore(settings(S3Server.port(), bucket, 3), () -> nowMs);
  }

  static S3Settings settings(int port, String bucket, int retries) {
    Map<String, String> properties = new HashMap<>(properties(port, bucket));
    properties.put("retries", Integer.toString(retries));
    return S3Settings.parse("totals-1", properties);
  }

  static Map<String, String> properties(int port, String bucket) {
    return Map.of(
        "bucket",
        bucket,
        "prefix",
        "/jobs/",
        "endpoint",
        "http://127.0.0.1:" + port,
        "access.key",
        S3Server.ACCESS_KEY,
        "secret.key",
        S3Server.SECRET_KEY);
  }

  @Test
  void jobs_do_not_see_each_other() {
    Map<String, String> properties = properties(S3Server.port(), bucket);
    try (BlobStore one = BlobStores.open("s3", properties, Map.of(), "one-1");
        BlobStore two = BlobStores.open("s3", properties, Map.of(), "one-11")) {
      one.put("a", Source.of(bytes("of one")));

      assertThat(two.stat("a")).isNull();
      assertThat(two.list("")).isEmpty();
      assertThat(one.toString()).isEqualTo("s3://" + bucket + "/jobs/one-1/");
    }
  }

  @Test
  void an_upload_that_breaks_off_leaves_no_parts() {
    try (BlobStore store = open();
        S3Client client = S3Server.client()) {
      assertThatThrownBy(() -> store.put("torn", failing(30 << 20, new IOException("bad sector"))))
          .isInstanceOf(BlobStoreException.class);

      assertThat(client.listMultipartUploads(request -> request.bucket(bucket)).uploads())
          .isEmpty();
    }
  }

  @Test
  void uploads_that_dead_processes_left_are_aborted_after_a_day() {
    try (S3Client client = S3Server.client()) {
      client.createMultipartUpload(request -> request.bucket(bucket).key("jobs/totals-1/left"));
      open().close();
      assertThat(client.listMultipartUploads(request -> request.bucket(bucket)).uploads())
          .hasSize(1);

      open(System.currentTimeMillis() + Duration.ofHours(25).toMillis()).close();
      assertThat(client.listMultipartUploads(request -> request.bucket(bucket)).uploads())
          .isEmpty();
    }
  }

  @Test
  void a_bucket_that_is_not_there_is_named() {
    assertThatThrownBy(
            () -> new S3BlobStore(settings(S3Server.port(), "no-such-bucket", 0), () -> 0))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith(
            "TM-8105: blobs cannot be kept in s3://no-such-bucket/jobs/totals-1/");
  }

  @Test
  void credentials_that_the_server_refuses_are_told() {
    Map<String, String> properties = new HashMap<>(properties(S3Server.port(), bucket));
    properties.put("secret.key", "wrong");

    assertThatThrownBy(() -> BlobStores.open("s3", properties, Map.of(), "totals-1"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8104: ");
  }

  @Test
  void a_server_that_does_not_answer_is_told() {
    assertThatThrownBy(() -> new S3BlobStore(settings(1, bucket, 0), () -> 0))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8101: blobs cannot be kept in s3://" + bucket);
  }

  @Test
  void what_is_wrong_in_the_configuration_is_told() {
    Map<String, String> properties =
        Map.of("regoin", "x", "part.bytes", "1 MiB", "endpoint", "ceph", "secret.key", "hush");
    assertThatThrownBy(() -> BlobStores.open("s3", properties, Map.of(), "totals-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: the configuration has 5 problems")
        .hasMessageContaining("task.checkpoint.store.s3.bucket: is missing")
        .hasMessageContaining("s3.regoin: is unknown; did you mean region?")
        .hasMessageContaining("s3.part.bytes=1 MiB: ")
        .hasMessageContaining("s3.endpoint=ceph: ")
        .hasMessageContaining("s3.access.key: is missing")
        .hasMessageNotContaining("hush");
  }
}
