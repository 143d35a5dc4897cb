package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of files. Those of files that never change are remembered by what the file system tells
 * files apart by, so that a table file is read once however many checkpoints it is in. Threads:
 * any.
 */
final class Hashes {
  private static final int BUFFER = 1 << 18;
  private static final int MOST_REMEMBERED = 20_000;

  private final Map<Identity, String> remembered = new LinkedHashMap<>();

  private record Identity(Object key, String name, long size, FileTime modified) {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** The name of the blob whose bytes have a hash. */
  static String blob(String sha256) {
    return "blobs/" + sha256.substring(0, 2) + "/" + sha256;
  }

  /** The hash of a file's bytes. */
  String of(Path file) throws IOException {
    Identity identity = identity(file);
    if (identity != null) {
      synchronized (remembered) {
        String known = remembered.get(identity);
        if (known != null) {
          return known;
        }
      }
    }
    String hash = read(file);
    if (identity != null) {
      remember(identity, hash);
    }
    return hash;
  }

  private static @Nullable Identity identity(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return name.endsWith(".sst") && attributes.fileKey() != null
        ? new Identity(attributes.fileKey(), name, attributes.size(), attributes.lastModifiedTime())
        : null;
  }

  private void remember(Identity identity, String hash) {
    synchronized (remembered) {
      if (remembered.size() >= MOST_REMEMBERED) {
        remembered.remove(remembered.keySet().iterator().next());
      }
      remembered.put(identity, hash);
    }
  }

  private static String read(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return hex(digest);
  }
}
