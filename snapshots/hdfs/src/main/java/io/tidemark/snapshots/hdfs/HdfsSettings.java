package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.PropertyReader;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where blobs are kept in HDFS, and as whom.
 *
 * @param uri the file system, such as {@code hdfs://namenode:8020}; null for what Hadoop's own
 *     configuration files on the classpath say
 * @param path the directory of the job's blobs
 * @param principal the Kerberos principal; null for whoever runs the process
 * @param keytab the file with the principal's keys; null if there is no principal
 * @param hadoop properties of Hadoop's client
 */
record HdfsSettings(
    @Nullable URI uri,
    String path,
    @Nullable String principal,
    @Nullable String keytab,
    Map<String, String> hadoop) {

  static HdfsSettings parse(String job, Map<String, String> properties) {
    PropertyReader reader = new PropertyReader("task.checkpoint.store.hdfs.", properties);
    String path = reader.required("path", "the directory of checkpoints, such as /tidemark");
    if (!path.isEmpty() && !path.startsWith("/")) {
      reader.problem("path", "does not begin with a slash");
    }
    String principal = reader.text("principal");
    String keytab = reader.text("keytab");
    if (principal == null && keytab != null) {
      reader.required("principal", "whose keys the keytab has");
    } else if (principal != null && keytab == null) {
      reader.required("keytab", "the file with the principal's keys");
    }
    Map<String, String> hadoop = reader.under("conf.");
    URI uri = uri(reader);
    reader.finish();
    String below = path.endsWith("/") ? path : path + "/";
    return new HdfsSettings(uri, below + job, principal, keytab, hadoop);
  }

  private static @Nullable URI uri(PropertyReader reader) {
    String text = reader.text("uri");
    if (text == null) {
      return null;
    }
    try {
      URI uri = URI.create(text);
      if (uri.getScheme() != null && uri.getAuthority() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    reader.problem("uri", "is not an address such as hdfs://namenode:8020");
    return null;
  }

  /** Where the blobs are. */
  String location() {
    return (uri == null ? "" : uri) + path;
  }
}
