package io.tidemark.coordinator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metadata in a directory, a file for each entry. Any thread and any process may use it: a write
 * holds the lock of the process and that of the operating system, and a file is replaced whole.
 *
 * <pre>
 * file: magic "TMM1" | version, 8 bytes | length, 4 bytes | CRC-32C of all else, 4 bytes | value
 * </pre>
 */
public final class FileMetadataStore implements MetadataStore {
  private static final int MAGIC = 0x544d4d31;
  private static final int HEADER_BYTES = 20;
  private static final String LOCK_FILE = ".lock";
  private static final String NEW_FILE = ".new";
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

  private static final Logger LOG = LoggerFactory.getLogger(FileMetadataStore.class);
  private static final ConcurrentHashMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path directory;
  private final ReentrantLock lock;
  private final SecureRandom random = new SecureRandom();

  /** Opens a directory, which is made if it is not there. */
  public FileMetadataStore(Path directory) {
    try {
      this.directory = Files.createDirectories(directory).toRealPath();
    } catch (IOException e) {
      throw unreachable("open", directory, e);
    }
    this.lock = LOCKS.computeIfAbsent(this.directory, any -> new ReentrantLock());
  }

  @Override
  public @Nullable Entry get(String name) {
    Path file = file(name);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw unreachable("read", file, e);
    }
    return decode(file, bytes);
  }

  @Override
  public long put(String name, byte[] value, long version) {
    Path file = file(name);
    return locked(
        file,
        () -> {
          Entry found = get(name);
          if ((found == null ? 0 : found.version()) != version) {
            return 0L;
          }
          long next = found == null ? firstVersion() : found.version() + 1;
          replace(file, encode(value, next));
          return next;
        });
  }

  @Override
  public boolean delete(String name, long version) {
    Path file = file(name);
    return locked(
        file,
        () -> {
          Entry found = get(name);
          if (found == null) {
            return true;
          }
          if (found.version() != version) {
            return false;
          }
          Files.delete(file);
          force(parent(file));
          return true;
        });
  }

  @Override
  public List<String> list(String prefix) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw unreachable("list", directory, e);
    }
  }

  /** Unlike that of any entry that was there before and deleted. */
  private long firstVersion() {
    return (random.nextLong() >>> 2) + 1;
  }

  private <T> T locked(Path file, Callable<T> action) {
    lock.lock();
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      LOG.trace("locked {}", held);
      return action.call();
    } catch (IOException e) {
      throw unreachable("write", file, e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  private Path file(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of an entry: " + name);
    }
    return directory.resolve(name);
  }

  private static Path parent(Path file) {
    return java.util.Objects.requireNonNull(file.getParent());
  }

  private void replace(Path file, ByteBuffer bytes) throws IOException {
    Path folder = parent(file);
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      force(parent(folder));
    }
    Path temporary = directory.resolve(NEW_FILE);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    force(folder);
  }

  private static void force(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("{} cannot be forced to disk; not every system can", folder, e);
    }
  }

  private static ByteBuffer encode(byte[] value, long version) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + value.length);
    bytes.putInt(MAGIC).putLong(version).putInt(value.length);
    return bytes.putInt(checksum(version, value)).put(value).flip();
  }

  private static Entry decode(Path file, byte[] bytes) {
    if (bytes.length >= HEADER_BYTES) {
      ByteBuffer header = ByteBuffer.wrap(bytes);
      boolean known = header.getInt() == MAGIC;
      long version = header.getLong();
      boolean whole = header.getInt() == bytes.length - HEADER_BYTES;
      byte[] value = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
      if (known && whole && version > 0 && header.getInt() == checksum(version, value)) {
        return new Entry(value, version);
      }
    }
    throw new MetadataException(
        MetadataException.DAMAGED,
        file
            + " is damaged: it is not what was written there. Restore it from a backup; or move the"
            + " metadata directory away while the job is stopped, and what concerns completed"
            + " checkpoints is found again where they are kept",
        null);
  }

  private static int checksum(long version, byte[] value) {
    CRC32C checksum = new CRC32C();
    checksum.update(Long.toHexString(version).getBytes(StandardCharsets.US_ASCII));
    checksum.update(value);
    return (int) checksum.getValue();
  }

  private static MetadataException unreachable(String what, Path file, Exception e) {
    return new MetadataException(
        MetadataException.UNREACHABLE,
        "cannot "
            + what
            + " the job's metadata in "
            + file
            + ": "
            + e
            + ". Free some space, correct its owner or mode, or set job.metadata.file.path to another"
            + " place",
        e);
  }

  @Override
  public void close() {}
}
