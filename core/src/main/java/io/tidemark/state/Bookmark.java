package io.tidemark.state;

import io.tidemark.api.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for an engine where a task has no stores: it keeps but the commit, in a file, so that a
 * restart reads the journal's tail and not all of it. A file that cannot be read counts as none.
 */
final class Bookmark implements StorageEngine {
  private final Path file;
  private volatile EngineCommit commit;

  Bookmark(Path directory) {
    file = directory.resolve("bookmark");
    commit = read(file);
  }

  private static EngineCommit read(Path file) {
    try {
      if (Files.exists(file)) {
        String[] words = Files.readString(file).trim().split(" ", -1);
        if (words.length == 3 && words[2].equals("end")) {
          return new EngineCommit(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return EngineCommit.NONE; // the journal has it all
    }
    return EngineCommit.NONE;
  }

  @Override
  public EngineCommit commit() {
    return commit;
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    throw new IllegalArgumentException("there is no store " + store);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    throw new IllegalArgumentException("there is no store " + store);
  }

  @Override
  public EngineSnapshot snapshot() {
    return new MemoryEngine(0).snapshot();
  }

  @Override
  public void apply(Iterable<Change> changes, EngineCommit next) {
    Path temporary = file.resolveSibling("bookmark.new");
    try {
      Files.writeString(temporary, next.number() + " " + next.position() + " end\n");
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StateException("TM-3004", "cannot write " + file + ": " + e, e);
    }
    commit = next;
  }

  @Override
  public void flush() {
    // A bookmark that is lost or old costs time, nothing else.
  }

  @Override
  public long approximateEntries(int store) {
    return 0;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
