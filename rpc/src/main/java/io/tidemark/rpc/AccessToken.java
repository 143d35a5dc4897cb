package io.tidemark.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.tidemark.api.TidemarkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
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
  private static final Pattern TEXT = Pattern.compile("[0-9a-f]{64}");

  /** A new one, of 256 random bits. */
  static AccessToken random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new AccessToken(HexFormat.of().formatHex(bytes));
  }

  /**
   * The one that stands in a file.
   *
   * @throws TidemarkException (TM-7010) if the file has something else
   */
  static AccessToken read(Path file) throws IOException {
    String text = Files.readString(file).trim();
    if (!TEXT.matcher(text).matches()) {
      throw new TidemarkException(
          "TM-7010", file + " has no token; remove it and start the job again");
    }
    return new AccessToken(text);
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
