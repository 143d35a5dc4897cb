package io.tidemark.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.api.CheckpointVerificationException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Manifests as they are stored: JSON, and after it a line with the SHA-256 of all bytes before that
 * line. {@code docs/formats/checkpoint-manifest.md} has an example.
 *
 * <p>The same manifest always has the same bytes. What is not exactly a manifest is refused with
 * {@link CheckpointVerificationException}: (TM-8230) damaged; (TM-8231) of another format.
 */
public final class ManifestCodec {
  static final long FORMAT = 1;
  private static final String HASH = "sha256 ";
  private static final int HASH_LINE = HASH.length() + 64 + 1;

  private ManifestCodec() {}

  /** The bytes of a checkpoint's manifest. */
  public static byte[] encode(CheckpointManifest manifest) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.putAll(ManifestJson.write(manifest));
    byte[] body = (Json.write(json) + "\n").getBytes(UTF_8);
    byte[] hash = (HASH + sha256(body) + "\n").getBytes(UTF_8);
    return ByteBuffer.allocate(body.length + hash.length).put(body).put(hash).array();
  }

  /**
   * A checkpoint's manifest from its bytes.
   *
   * @param blob where they were read, for messages
   */
  public static CheckpointManifest decode(String blob, byte[] bytes) {
    int length = bytes.length - HASH_LINE;
    if (length < 1 || bytes[length - 1] != '\n' || bytes[bytes.length - 1] != '\n') {
      throw damaged(blob, "JSON and a line with its SHA-256", bytes.length + " bytes that are not");
    }
    ByteBuffer body = ByteBuffer.wrap(bytes, 0, length);
    String expected = new String(bytes, length, HASH_LINE, UTF_8);
    MessageDigest digest = digest();
    digest.update(body.duplicate());
    String found = HASH + HexFormat.of().formatHex(digest.digest()) + "\n";
    if (!found.equals(expected)) {
      throw damaged(blob, expected.strip(), found.strip());
    }
    JsonFields fields = parse(blob, body);
    try {
      long format = fields.number("format");
      if (format != FORMAT) {
        throw otherFormat(blob, format);
      }
      CheckpointManifest manifest = ManifestJson.read(fields);
      fields.end();
      return manifest;
    } catch (IllegalArgumentException e) {
      throw damaged(blob, "a manifest of format " + FORMAT, String.valueOf(e.getMessage()));
    }
  }

  /** The bytes of a task's part by itself, as containers send it; JSON without a hash. */
  public static byte[] encode(TaskManifest manifest) {
    return Json.write(ManifestJson.write(manifest)).getBytes(UTF_8);
  }

  /** A task's part from its bytes. */
  public static TaskManifest decodeTask(byte[] bytes) {
    String where = "a task's part of a checkpoint";
    JsonFields fields = parse(where, ByteBuffer.wrap(bytes));
    try {
      TaskManifest manifest = ManifestJson.readTask(fields);
      fields.end();
      return manifest;
    } catch (IllegalArgumentException e) {
      throw damaged(where, "a task's manifest", String.valueOf(e.getMessage()));
    }
  }

  private static JsonFields parse(String blob, ByteBuffer bytes) {
    try {
      return new JsonFields("", Json.read(UTF_8.newDecoder().decode(bytes).toString()));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      throw damaged(blob, "JSON in UTF-8", String.valueOf(e.getMessage()));
    }
  }

  private static CheckpointVerificationException damaged(
      String blob, String expected, String found) {
    return new CheckpointVerificationException(
        "TM-8230", "the manifest " + blob, expected, found, null);
  }

  private static CheckpointVerificationException otherFormat(String blob, long format) {
    return new CheckpointVerificationException(
        "TM-8231",
        "the manifest " + blob,
        "format " + FORMAT + ", which this version of Tidemark reads",
        "format " + format,
        null);
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
