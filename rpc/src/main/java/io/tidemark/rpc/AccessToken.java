package io.tidemark.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The secret that every call shows. It stands in the job's state directory, so whoever may read
 * that may ask.
 *
 * @param text what callers show, never to be logged
 */
record AccessToken(String text) {
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final int BYTES = 32;

  /** A new one, of 256 random bits. */
  static AccessToken random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new AccessToken(HexFormat.of().formatHex(bytes));
  }

  /** What a caller puts into its header. */
  String header() {
    return "Bearer " + text;
  }

  /** Whether a header has this token; takes as long for any header of the same length. */
  boolean isIn(@Nullable String header) {
    return header != null
        && MessageDigest.isEqual(header().getBytes(UTF_8), header.getBytes(UTF_8));
  }

  @Override
  public String toString() {
    return "AccessToken[...]";
  }
}
