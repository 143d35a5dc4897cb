package io.tidemark.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Master keys in a file: lines of an id, an equals sign, and 32 bytes in base64. The last one is
 * active, so that a key is added at the end. The file is read again when it has changed. Any thread
 * may call it.
 */
public final class FileKeyProvider implements KeyProvider {
  private static final Logger LOG = LoggerFactory.getLogger(FileKeyProvider.class);
  private static final int KEY_BYTES = 32;
  private static final Pattern LINE =
      Pattern.compile("\\s*([A-Za-z0-9._-]{1,64})\\s*=\\s*([A-Za-z0-9+/]{43}=)\\s*");

  private final Path file;
  private volatile Keys keys;

  /**
   * Reads the file.
   *
   * @throws BlobStoreException (TM-8113) if it cannot be read or is not such a file
   */
  public FileKeyProvider(Path file) {
    this.file = file;
    this.keys = read();
    warnIfOthersMayRead();
  }

  /**
   * What the file has.
   *
   * @param version when the file was written, and its size
   * @param byId the keys
   * @param active the last of them
   */
  private record Keys(Version version, Map<String, MasterKey> byId, MasterKey active) {}

  private record Version(FileTime modified, long size) {}

  private record FileKey(String id, byte[] secret) implements MasterKey {
    @Override
    public byte[] bytes() {
      return secret.clone();
    }

    @Override
    public String toString() {
      return "key " + id;
    }
  }

  @Override
  public MasterKey active() {
    return current().active();
  }

  @Override
  public @Nullable MasterKey find(String id) {
    return current().byId().get(id);
  }

  private Keys current() {
    Keys known = keys;
    try {
      if (version().equals(known.version())) {
        return known;
      }
    } catch (IOException e) {
      throw unusable("it cannot be read: " + e, e);
    }
    Keys found = read();
    keys = found;
    LOG.info(
        "{} has changed: there are {} keys, active is {}",
        file,
        found.byId().size(),
        found.active());
    return found;
  }

  private Version version() throws IOException {
    return new Version(Files.getLastModifiedTime(file), Files.size(file));
  }

  private Keys read() {
    try {
      Version version = version();
      Map<String, MasterKey> byId = new LinkedHashMap<>();
      MasterKey last = null;
      int number = 0;
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        number++;
        if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          last = parse(line, number);
          if (byId.put(last.id(), last) != null) {
            throw unusable("the key " + last.id() + " is there twice", null);
          }
        }
      }
      if (last == null) {
        throw unusable("there is no key in it", null);
      }
      return new Keys(version, byId, last);
    } catch (IOException e) {
      throw unusable("it cannot be read: " + e, e);
    }
  }

  private MasterKey parse(String line, int number) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      // The line itself is not told: it may be a key.
      throw unusable(
          "line " + number + " is not an id, an equals sign and 32 bytes in base64", null);
    }
    byte[] secret = Base64.getDecoder().decode(matcher.group(2));
    if (secret.length != KEY_BYTES) {
      throw unusable("the key in line " + number + " does not have 32 bytes", null);
    }
    return new FileKey(matcher.group(1), secret);
  }

  private BlobStoreException unusable(String why, @Nullable Throwable cause) {
    return new BlobStoreException(
        BlobStoreException.KEYS_UNUSABLE,
        "the master keys in "
            + file
            + " (task.checkpoint.encryption.file.path) cannot be used: "
            + why,
        cause);
  }

  private void warnIfOthersMayRead() {
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        LOG.warn("Everybody on this machine may read the master keys in {}; change its mode", file);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("the mode of {} cannot be told", file, e);
    }
  }

  @Override
  public String toString() {
    return "the keys in " + file;
  }
}
