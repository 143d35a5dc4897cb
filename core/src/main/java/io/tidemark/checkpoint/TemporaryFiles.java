package io.tidemark.checkpoint;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.system.Failpoint;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are being written and have no blob's name yet. Whatever a dead process left of them is
 * removed after a day. Any thread may call it.
 */
final class TemporaryFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFiles.class);
  private static final long KEPT_MS = Duration.ofDays(1).toMillis();
  private static final int BUFFER_BYTES = 256 << 10;

  /** So much at a time, for a file is otherwise not given back while it is being copied. */
  private static final long TRANSFER_BYTES = 64 << 20;

  private final Path directory;
  private final LongSupplier clock;
  private final AtomicLong nextSweepMs = new AtomicLong();

  TemporaryFiles(Path root, LongSupplier clock) {
    this.directory = root.resolve(".tmp");
    this.clock = clock;
  }

  /** Creates the directory, removes what is old in it, and tries whether it can be written. */
  void open() throws IOException {
    Files.createDirectories(directory);
    Files.delete(Files.createTempFile(directory, "open", ""));
    sweepIfDue();
  }

  /**
   * Writes a file and forces it to disk.
   *
   * @param name the blob's name, for messages
   */
  Path write(String name, Source source) throws IOException {
    sweepIfDue();
    Files.createDirectories(directory);
    Path file = directory.resolve(UUID.randomUUID().toString());
    boolean written = false;
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      Failpoint.pass("blob.before-write");
      long size = copy(name, source, out);
      if (size != source.size()) {
        throw BlobStoreException.wrongSize(name, source.size(), Long.toString(size));
      }
      Failpoint.pass("blob.before-force");
      out.getFD().sync();
      written = true;
      return file;
    } finally {
      if (!written) {
        delete(file);
      }
    }
  }

  private static long copy(String name, Source source, FileOutputStream out) throws IOException {
    try (InputStream in = open(name, source)) {
      return in instanceof FileInputStream file
          ? transfer(file.getChannel(), out.getChannel())
          : copy(name, in, out);
    }
  }

  private static InputStream open(String name, Source source) {
    try {
      return source.open();
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  private static long transfer(FileChannel in, FileChannel out) throws IOException {
    long size = in.size() - in.position();
    long start = in.position();
    long done = 0;
    while (done < size) {
      long moved = in.transferTo(start + done, Math.min(TRANSFER_BYTES, size - done), out);
      if (moved <= 0) {
        break;
      }
      done += moved;
      Failpoint.pass("blob.within-write");
    }
    return done;
  }

  private static long copy(String name, InputStream in, FileOutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = 0;
    for (int read = read(name, in, buffer); read >= 0; read = read(name, in, buffer)) {
      out.write(buffer, 0, read);
      done += read;
      Failpoint.pass("blob.within-write");
    }
    return done;
  }

  private static int read(String name, InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  /** Deletes a file if it is still there under its temporary name. */
  void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.debug("{} stays for a day", file, e);
    }
  }

  private void sweepIfDue() {
    long now = clock.getAsLong();
    long due = nextSweepMs.get();
    if (now < due || !nextSweepMs.compareAndSet(due, now + KEPT_MS)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        // One that is gone since was not old.
        if (file.toFile().lastModified() < now - KEPT_MS && Files.deleteIfExists(file)) {
          LOG.info("Removed {}, which a process left that died while it wrote a blob", file);
        }
      }
    } catch (IOException e) {
      LOG.debug("{} is not cleaned up this time", directory, e);
    }
  }
}
