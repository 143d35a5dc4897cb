package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStoreCrashContract;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3BlobStoreCrashTest extends BlobStoreCrashContract {
  private final Map<String, String> properties =
      S3BlobStoreTest.properties(S3Server.port(), S3Server.newBucket());

  @Override
  protected String type() {
    return "s3";
  }

  @Override
  protected Map<String, String> properties() {
    return properties;
  }

  @Override
  protected int largeBytes() {
    return 20 << 20; // three parts
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"blob.s3.before-parts", "blob.s3.before-complete", "blob.s3.before-complete:2"})
  void a_process_that_dies_leaves_whole_blobs(String failpoint) throws Exception {
    assertThatBlobsStayWhole(failpoint);
  }
}
