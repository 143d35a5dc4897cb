package io.tidemark.checkpoint;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.tidemark.system.Failpoint;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blobs as files below one directory, of this machine or shared by several.
 *
 * <p>A blob is written to a temporary file, which is forced to disk before it takes the blob's
 * name: by a rename, or by a hard link where there must be no other of that name. Then the
 * directory is forced. So a file with a blob's name is always whole. Temporary files are in {@code
 * .tmp}, which is no blob's name; those that a dead process left are removed after a day. Any
 * thread may call it.
 */
public final class FileBlobStore implements BlobStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileBlobStore.class);
  private static final String LOCK_FILE = ".lock";
  private static final int MOST_ATTEMPTS = 100;

  /** The system's locks are the process's; this one is for its threads. */
  private static final ReentrantLock EXCLUSIVE = new ReentrantLock();

  private final Path root;
  private final Links links;
  private final DurableDirectories directories;
  private final TemporaryFiles temporary;

  /**
   * Opens the store; creates its directory if need be.
   *
   * @param root the directory
   * @param clock milliseconds since 1970
   * @throws BlobStoreException if there can be no directory, or it cannot be written
   */
  public FileBlobStore(Path root, LongSupplier clock) {
    this(root, clock, Files::createLink);
  }

  FileBlobStore(Path root, LongSupplier clock, Links links) {
    this(root, links, new TemporaryFiles(root.toAbsolutePath().normalize(), clock));
    try {
      directories.createRoot();
      temporary.open();
    } catch (IOException e) {
      throw FileErrors.opening(this.root, e);
    }
  }

  private FileBlobStore(Path root, Links links, TemporaryFiles temporary) {
    this.root = root.toAbsolutePath().normalize();
    this.links = links;
    this.directories = new DurableDirectories(this.root);
    this.temporary = temporary;
  }

  /** Opens a store to read from it; nothing in the directory is created or changed. */
  static FileBlobStore toRead(Path root) {
    return new FileBlobStore(
        root, Files::createLink, new TemporaryFiles(root, System::currentTimeMillis));
  }

  /** Gives a file a second name, atomically, unless that name is taken. */
  interface Links {
    void create(Path link, Path existing) throws IOException;
  }

  /** What gives a temporary file the blob's name. */
  private interface Naming {
    void name(Path temporary, Path blob) throws IOException;
  }

  @Override
  public void put(String name, Source source) {
    Path blob = path(name);
    Path file = null;
    try {
      file = temporary.write(name, source);
      Failpoint.pass("blob.before-rename");
      name(file, blob, (from, to) -> Files.move(from, to, ATOMIC_MOVE));
      Failpoint.pass("blob.after-rename");
      directories.force(parentOf(blob));
    } catch (IOException e) {
      throw FileErrors.of("the blob " + name + " cannot be written to " + root, e);
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
      Failpoint.pass("blob.before-link");
      if (!nameUnlessTaken(file, blob, bytes)) {
        return false;
      }
      Failpoint.pass("blob.after-link");
      directories.force(parentOf(blob));
      return true;
    } catch (IOException e) {
      throw FileErrors.of("the blob " + name + " cannot be written to " + root, e);
    } finally {
      temporary.delete(file);
    }
  }

  /** Whether the blob is there with these bytes afterwards. */
  private boolean nameUnlessTaken(Path file, Path blob, byte[] bytes) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        name(file, blob, this::link);
        return true;
      } catch (FileAlreadyExistsException e) {
        try {
          if (!Arrays.equals(Files.readAllBytes(blob), bytes)) {
            return false;
          }
          // Written by somebody who may not have come to this.
          DurableDirectories.forceFile(blob);
          return true;
        } catch (NoSuchFileException deletedMeanwhile) {
          if (attempt == MOST_ATTEMPTS) {
            throw deletedMeanwhile;
          }
        }
      }
    }
  }

  private void link(Path file, Path blob) throws IOException {
    try {
      links.create(blob, file);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      LOG.debug("{} has no hard links ({})", root, e.toString());
      moveUnderLock(file, blob);
    }
  }

  private void moveUnderLock(Path file, Path blob) throws IOException {
    EXCLUSIVE.lock();
    try (FileChannel channel =
            FileChannel.open(
                root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      if (Files.exists(blob)) {
        throw new FileAlreadyExistsException(blob.toString());
      }
      Files.move(file, blob, ATOMIC_MOVE);
    } finally {
      EXCLUSIVE.unlock();
    }
  }

  /** Names a file; makes the directory for it, again if it is removed meanwhile. */
  private void name(Path file, Path blob, Naming naming) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        directories.create(parentOf(blob));
        naming.name(file, blob);
        return;
      } catch (NoSuchFileException e) {
        directories.forget(parentOf(blob));
        if (attempt == MOST_ATTEMPTS || !Files.exists(file)) {
          throw e;
        }
      }
    }
  }

  @Override
  public InputStream open(String name, long from) {
    Path blob = path(name);
    try {
      FileInputStream file = new FileInputStream(blob.toFile());
      try {
        file.skipNBytes(from);
        return file;
      } catch (IOException e) {
        file.close();
        throw e;
      }
    } catch (FileNotFoundException e) {
      if (Files.isRegularFile(blob)) {
        throw new BlobStoreException(
            BlobStoreException.FORBIDDEN, "the blob " + blob + " cannot be read: " + e, e);
      }
      throw BlobStoreException.notFound(name, root, e);
    } catch (IOException e) {
      throw FileErrors.of("the blob " + blob + " cannot be read", e);
    }
  }

  @Override
  public @Nullable Stat stat(String name) {
    Path blob = path(name);
    try {
      BasicFileAttributes found = Files.readAttributes(blob, BasicFileAttributes.class);
      return found.isRegularFile() ? stat(name, found) : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw FileErrors.of("the blob " + blob + " cannot be looked at", e);
    }
  }

  static Stat stat(String name, BasicFileAttributes file) {
    return new Stat(name, file.size(), Instant.ofEpochMilli(file.lastModifiedTime().toMillis()));
  }

  @Override
  public List<Stat> list(String prefix) {
    Path directory = root.resolve(BlobNames.checkPrefix(prefix));
    try {
      return FileListing.of(root, directory);
    } catch (IOException e) {
      throw FileErrors.of("the blobs in " + directory + " cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    Path blob = path(name);
    try {
      if (Files.deleteIfExists(blob)) {
        Failpoint.pass("blob.after-delete");
        directories.removeIfEmpty(parentOf(blob));
      }
    } catch (IOException e) {
      throw FileErrors.of("the blob " + blob + " cannot be deleted", e);
    }
  }

  private Path path(String name) {
    return root.resolve(BlobNames.check(name));
  }

  private Path parentOf(Path blob) {
    Path parent = blob.getParent();
    return parent == null ? root : parent;
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
