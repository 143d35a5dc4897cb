package io.tidemark.checkpoint;

import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that were restored but need not be on disk yet, and the mark that says so. The engine may
 * be open and delete some of them meanwhile. Run once, by any thread.
 *
 * @param files all of them
 * @param mark has a name of its own, so that what is left of an earlier restore removes no other's
 */
record UnforcedFiles(List<Path> files, Path mark) implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(UnforcedFiles.class);

  /** Forces them to disk, and then removes the mark. If it fails the mark stays. */
  @Override
  public void run() {
    try {
      Failpoint.pass("restore.before-force");
      Set<Path> directories = new LinkedHashSet<>();
      for (Path file : files) {
        force(file);
        directories.add(Objects.requireNonNull(file.getParent()));
      }
      Path directory = Objects.requireNonNull(mark.getParent());
      directories.add(directory);
      directories.forEach(UnforcedFiles::forceDirectory);
      Failpoint.pass("restore.after-force");
      Files.deleteIfExists(mark);
      forceDirectory(directory);
    } catch (IOException e) {
      LOG.warn(
          "Restored files cannot be forced to disk, so the next start restores them again: {}",
          e.toString());
    }
  }

  /** A file that the engine has deleted is needed no more. */
  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    } catch (NoSuchFileException e) {
      LOG.debug("{} is gone already", file);
    }
  }

  static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("{} cannot be forced to disk; not every system can", directory, e);
    }
  }
}
