package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.EnumSet;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are being written and have no blob's name yet; in {@code .tmp}, which is no blob's
 * name. What dead processes left there is removed after a day, when a store is opened. Any thread
 * may call it.
 */
final class HdfsTemporaryFiles {
  private static final Logger LOG = LoggerFactory.getLogger(HdfsTemporaryFiles.class);
  private static final long KEPT_MS = Duration.ofDays(1).toMillis();
  private static final int BUFFER_BYTES = 256 << 10;

  private final FileContext files;
  private final Path directory;
  private final LongSupplier clock;

  HdfsTemporaryFiles(FileContext files, Path root, LongSupplier clock) {
    this.files = files;
    this.directory = new Path(root, ".tmp");
    this.clock = clock;
  }

  /** Creates the directory and removes what is old in it. */
  void open() throws IOException {
    files.mkdir(directory, FsPermission.getDirDefault(), true);
    long limit = clock.getAsLong() - KEPT_MS;
    RemoteIterator<FileStatus> found = files.listStatus(directory);
    while (found.hasNext()) {
      FileStatus file = found.next();
      if (file.getModificationTime() < limit) {
        delete(file.getPath());
        LOG.info("Removed {}, which a process left that died", file.getPath());
      }
    }
  }

  /** Writes a file that the data nodes have on their disks afterwards. */
  Path write(String name, Source source) throws IOException {
    Path file = new Path(directory, UUID.randomUUID().toString());
    FSDataOutputStream out = null;
    boolean written = false;
    try (InputStream in = open(name, source)) {
      out = files.create(file, EnumSet.of(CreateFlag.CREATE), CreateOpts.createParent());
      long size = copy(name, in, out);
      if (size != source.size()) {
        throw BlobStoreException.wrongSize(name, source.size(), Long.toString(size));
      }
      Failpoint.pass("blob.hdfs.before-sync");
      out.hsync();
      out.close();
      written = true;
      return file;
    } finally {
      if (!written) {
        closeQuietly(out);
        delete(file);
      }
    }
  }

  /** Closing fails with the very exception that the write failed with. */
  private static void closeQuietly(@Nullable FSDataOutputStream out) {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      LOG.debug("closing a file that could not be written failed", e);
    }
  }

  private static InputStream open(String name, Source source) {
    try {
      return source.open();
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  private static long copy(String name, InputStream in, FSDataOutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = 0;
    for (int read = read(name, in, buffer); read >= 0; read = read(name, in, buffer)) {
      out.write(buffer, 0, read);
      done += read;
      Failpoint.pass("blob.hdfs.within-write");
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
      if (file != null && files.util().exists(file)) {
        files.delete(file, false);
      }
    } catch (IOException e) {
      LOG.debug("{} stays for a day", file, e);
    }
  }
}
