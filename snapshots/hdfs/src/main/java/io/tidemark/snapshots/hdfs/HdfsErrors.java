package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.BlobStoreException;
import java.io.IOException;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.hdfs.protocol.NSQuotaExceededException;
import org.apache.hadoop.security.AccessControlException;

/** Says what the errors of HDFS mean for a blob store. */
final class HdfsErrors {
  private HdfsErrors() {}

  /**
   * What an error means.
   *
   * @param what what did not work, as the beginning of a sentence
   */
  static BlobStoreException of(String what, IOException e) {
    if (e instanceof DSQuotaExceededException || e instanceof NSQuotaExceededException) {
      return new BlobStoreException(
          BlobStoreException.FULL, what + ": the quota is used up: " + firstLine(e), e);
    }
    if (e instanceof AccessControlException) {
      return new BlobStoreException(
          BlobStoreException.FORBIDDEN, what + ": it is not permitted: " + firstLine(e), e);
    }
    return new BlobStoreException(BlobStoreException.UNREACHABLE, what + ": " + firstLine(e), e);
  }

  /** The server's messages bring its stack along. */
  private static String firstLine(IOException e) {
    return e.toString().lines().findFirst().orElse("");
  }
}
