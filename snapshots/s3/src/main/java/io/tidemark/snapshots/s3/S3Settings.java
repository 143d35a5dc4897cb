package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.PropertyReader;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where blobs are kept in S3, and how that is spoken to.
 *
 * @param bucket the bucket, which exists
 * @param prefix what the keys of all blobs begin with; ends with a slash
 * @param region the region; null for what the environment says
 * @param endpoint the server; null for Amazon's
 * @param pathStyle whether the bucket stands in the path and not in the host's name
 * @param credentials the credentials; null for what the environment says
 * @param partBytes the size of the parts of an upload; a blob up to that is put at once
 * @param threads how many parts are on their way at a time
 * @param retries how often a request is repeated
 * @param encryption how the server shall encrypt: {@code AES256} or {@code aws:kms}; null for its
 *     default
 * @param encryptionKey the id of the server's key; null for its default
 */
record S3Settings(
    String bucket,
    String prefix,
    @Nullable String region,
    @Nullable URI endpoint,
    boolean pathStyle,
    @Nullable Credentials credentials,
    int partBytes,
    int threads,
    int retries,
    @Nullable String encryption,
    @Nullable String encryptionKey) {
  private static final int MIB = 1 << 20;

  /** Which nobody prints. */
  record Credentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return "credentials";
    }
  }

  static S3Settings parse(String job, Map<String, String> properties) {
    PropertyReader reader = new PropertyReader("task.checkpoint.store.s3.", properties);
    String bucket = reader.required("bucket", "the bucket of checkpoints");
    String prefix = reader.text("prefix", "").replaceAll("^/+|/+$", "");
    URI endpoint = endpoint(reader);
    String encryption = reader.text("sse");
    if (encryption != null && !encryption.equals("AES256") && !encryption.equals("aws:kms")) {
      reader.problem("sse", "is neither AES256 nor aws:kms");
    }
    S3Settings settings =
        new S3Settings(
            bucket,
            (prefix.isEmpty() ? "" : prefix + "/") + job + "/",
            reader.text("region"),
            endpoint,
            reader.flag("path.style", endpoint != null),
            credentials(reader),
            (int) reader.bytes("part.bytes", 8 * MIB, 5 * MIB, 512 * MIB),
            reader.number("upload.threads", 4, 1, 64),
            reader.number("retries", 8, 0, 100),
            encryption,
            reader.text("sse.key"));
    reader.finish();
    return settings;
  }

  private static @Nullable URI endpoint(PropertyReader reader) {
    String text = reader.text("endpoint");
    if (text == null) {
      return null;
    }
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null && uri.getScheme().matches("https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    reader.problem("endpoint", "is not an address such as https://ceph.example.com:7480");
    return null;
  }

  private static @Nullable Credentials credentials(PropertyReader reader) {
    String accessKey = reader.text("access.key");
    String secretKey = reader.text("secret.key");
    if (accessKey == null && secretKey == null) {
      return null;
    }
    return new Credentials(
        accessKey == null ? reader.required("access.key", "the name for secret.key") : accessKey,
        secretKey == null ? reader.required("secret.key", "the secret for access.key") : secretKey);
  }

  /** Where the blobs are. */
  String location() {
    return "s3://" + bucket + "/" + prefix;
  }
}
