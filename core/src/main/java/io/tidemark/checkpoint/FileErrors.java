package io.tidemark.checkpoint;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Says what the errors of a file system mean for a blob store. */
final class FileErrors {
  private FileErrors() {}

  /** The directory cannot be used. */
  static BlobStoreException opening(Path root, IOException e) {
    for (Path path = root; path != null; path = path.getParent()) {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        return new BlobStoreException(
            BlobStoreException.NO_STORE,
            "blobs cannot be kept in " + root + ": " + path + " is not a directory",
            e);
      }
    }
    if (e instanceof NotDirectoryException || e instanceof FileAlreadyExistsException) {
      return new BlobStoreException(
          BlobStoreException.NO_STORE, "blobs cannot be kept in " + root + ": " + e, e);
    }
    return of("blobs cannot be kept in " + root, e);
  }

  /**
   * Anything else.
   *
   * @param what what did not work, as the beginning of a sentence
   */
  static BlobStoreException of(String what, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("No space left")
        || reason.contains("quota exceeded")
        || reason.contains("not enough space")) {
      return new BlobStoreException(
          BlobStoreException.FULL, what + ": the disk is full; free some space (" + e + ")", e);
    }
    if (e instanceof AccessDeniedException
        || reason.contains("Read-only file system")
        || reason.contains("Permission denied")) {
      return new BlobStoreException(
          BlobStoreException.FORBIDDEN,
          what + ": it is not permitted; correct owner, mode or mount (" + e + ")",
          e);
    }
    String why = e instanceof ClosedByInterruptException ? "the thread was interrupted" : "" + e;
    return new BlobStoreException(BlobStoreException.UNREACHABLE, what + ": " + why, e);
  }
}
