package io.tidemark.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Directories below a root that are still there after a power cut: each is forced to disk with the
 * ones above it before anything in it counts as written. Any thread may call it.
 */
final class DurableDirectories {
  private final Path root;
  private final Set<Path> known = ConcurrentHashMap.newKeySet();

  DurableDirectories(Path root) {
    this.root = root;
  }

  /** Creates the root itself. */
  void createRoot() throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path path = root; path != null && !Files.exists(path); path = path.getParent()) {
      missing.push(path);
    }
    Files.createDirectories(root);
    for (Path created : missing) {
      Path parent = created.getParent();
      if (parent != null) {
        force(parent);
      }
    }
  }

  /**
   * Creates a directory, unless this process did so before.
   *
   * @throws NoSuchFileException if another removed one of the directories meanwhile: try again
   */
  void create(Path directory) throws IOException {
    if (directory.equals(root) || known.contains(directory)) {
      return;
    }
    createAll(directory);
    for (Path path = directory; path != null && !path.equals(root); path = path.getParent()) {
      Path parent = path.getParent();
      if (parent != null) {
        force(parent);
      }
    }
    known.add(directory);
  }

  private static void createAll(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      // Throws if what was there when it was to be created is gone by now.
      if (!Files.readAttributes(Path.of(e.getFile()), BasicFileAttributes.class).isDirectory()) {
        throw e;
      }
      throw (IOException) new NoSuchFileException(e.getFile()).initCause(e);
    }
  }

  /** The directory may have been removed. */
  void forget(Path directory) {
    known.removeIf(path -> path.startsWith(directory) || directory.startsWith(path));
  }

  /** After a deletion: removes the directory and those above it as far as nothing is in them. */
  void removeIfEmpty(Path directory) throws IOException {
    Path path = directory;
    while (path != null) {
      try {
        if (path.equals(root)) {
          force(path);
          return;
        }
        forget(path);
        Files.delete(path);
      } catch (DirectoryNotEmptyException e) {
        if (forceIfThere(path)) {
          return;
        }
      } catch (NoSuchFileException e) {
        // Somebody else was faster.
      }
      path = path.getParent();
    }
  }

  /** Somebody else may remove the directory meanwhile. */
  private boolean forceIfThere(Path directory) throws IOException {
    try {
      force(directory);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Forces to disk which files a directory has. */
  void force(Path directory) throws IOException {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return; // Elsewhere directories cannot be opened, and need not be.
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      forget(directory);
      throw e;
    }
  }

  /** Forces a file to disk. */
  static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
