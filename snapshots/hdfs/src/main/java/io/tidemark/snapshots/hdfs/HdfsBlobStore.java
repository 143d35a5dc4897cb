package io.tidemark.snapshots.hdfs;

import io.tidemark.checkpoint.BlobNames;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.system.Failpoint;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.jspecify.annotations.Nullable;

/**
 * Blobs as files of HDFS. A blob is written to a temporary file, which the data nodes have on their
 * disks before the name node renames it: over a former one, or only if there is none. Renames are
 * atomic. Any thread may call it.
 */
public final class HdfsBlobStore implements BlobStore {
  private static final int MOST_ATTEMPTS = 10;

  private final FileContext files;
  private final Path root;
  private final HdfsTemporaryFiles temporary;

  /**
   * Opens the store; creates its directory if need be.
   *
   * @param clock milliseconds since 1970
   * @throws BlobStoreException if the file system cannot be reached or does not permit it
   */
  HdfsBlobStore(HdfsSettings settings, LongSupplier clock) {
    this.files = HdfsLogin.open(settings);
    this.root = files.makeQualified(new Path(settings.path()));
    this.temporary = new HdfsTemporaryFiles(files, root, clock);
    try {
      temporary.open();
    } catch (ParentNotDirectoryException | FileAlreadyExistsException e) {
      throw new BlobStoreException(
          BlobStoreException.NO_STORE,
          "blobs cannot be kept in " + root + ": a file is where a directory should be",
          e);
    } catch (IOException e) {
      throw HdfsErrors.of("blobs cannot be kept in " + root, e);
    }
  }

  @Override
  public void put(String name, Source source) {
    Path blob = path(name);
    Path file = null;
    try {
      file = temporary.write(name, source);
      Failpoint.pass("blob.hdfs.before-rename");
      rename(file, blob, Rename.OVERWRITE);
    } catch (IOException e) {
      throw HdfsErrors.of("the blob " + name + " cannot be written to " + root, e);
    } finally {
      temporary.delete(file);
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    Path blob = path(name);
    Path file = null;
    try {
      file = temporary.write(name, Source.of(bytes));
      for (int attempt = 1; ; attempt++) {
        try {
          rename(file, blob, Rename.NONE);
          return true;
        } catch (FileAlreadyExistsException e) {
          try {
            return Arrays.equals(read(name), bytes);
          } catch (BlobStoreException gone) {
            if (!gone.code().equals(BlobStoreException.NOT_FOUND) || attempt == MOST_ATTEMPTS) {
              throw gone;
            }
          }
        }
      }
    } catch (IOException e) {
      throw HdfsErrors.of("the blob " + name + " cannot be written to " + root, e);
    } finally {
      temporary.delete(file);
    }
  }

  /** Makes the blob's directory if there is none, again if it is removed meanwhile. */
  private void rename(Path file, Path blob, Rename how) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        files.rename(file, blob, how);
        return;
      } catch (FileNotFoundException e) {
        if (attempt == MOST_ATTEMPTS || !files.util().exists(file)) {
          throw e;
        }
        files.mkdir(blob.getParent(), FsPermission.getDirDefault(), true);
      }
    }
  }

  @Override
  public InputStream open(String name, long from) {
    Path blob = path(name);
    try {
      FSDataInputStream in = files.open(blob);
      try {
        in.seek(from);
      } catch (EOFException e) {
        in.close();
        return InputStream.nullInputStream();
      }
      return in;
    } catch (FileNotFoundException e) {
      throw BlobStoreException.notFound(name, root, e);
    } catch (IOException e) {
      throw HdfsErrors.of("the blob " + blob + " cannot be read", e);
    }
  }

  @Override
  public @Nullable Stat stat(String name) {
    Path blob = path(name);
    try {
      FileStatus found = files.getFileStatus(blob);
      return found.isFile() ? stat(name, found) : null;
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw HdfsErrors.of("the blob " + blob + " cannot be looked at", e);
    }
  }

  private static Stat stat(String name, FileStatus file) {
    return new Stat(name, file.getLen(), Instant.ofEpochMilli(file.getModificationTime()));
  }

  @Override
  public List<Stat> list(String prefix) {
    BlobNames.checkPrefix(prefix);
    List<Stat> found = new ArrayList<>();
    try {
      list(prefix, found);
    } catch (IOException e) {
      throw HdfsErrors.of("the blobs in " + root + "/" + prefix + " cannot be listed", e);
    }
    found.sort(Comparator.comparing(Stat::name));
    return found;
  }

  private void list(String prefix, List<Stat> found) throws IOException {
    Path directory = prefix.isEmpty() ? root : new Path(root, prefix);
    try {
      RemoteIterator<FileStatus> children = files.listStatus(directory);
      while (children.hasNext()) {
        FileStatus child = children.next();
        String name = prefix + child.getPath().getName();
        if (!BlobNames.isName(name)) {
          continue;
        }
        if (child.isDirectory()) {
          list(name + "/", found);
        } else {
          found.add(stat(name, child));
        }
      }
    } catch (FileNotFoundException e) {
      // There is none, or it was removed meanwhile.
    }
  }

  @Override
  public void delete(String name) {
    Path blob = path(name);
    try {
      if (files.delete(blob, false)) {
        removeEmpty(blob.getParent());
      }
    } catch (FileNotFoundException e) {
      // There is none.
    } catch (IOException e) {
      throw HdfsErrors.of("the blob " + blob + " cannot be deleted", e);
    }
  }

  private void removeEmpty(@Nullable Path parent) throws IOException {
    try {
      for (Path path = parent; path != null && !path.equals(root); path = path.getParent()) {
        files.delete(path, false);
      }
    } catch (PathIsNotEmptyDirectoryException | FileNotFoundException e) {
      // As far as nothing is in them.
    }
  }

  private Path path(String name) {
    return new Path(root, BlobNames.check(name));
  }

  @Override
  public void close() {
    // Hadoop's client is shared by all of this process, and ends with it.
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
