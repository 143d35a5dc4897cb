package io.tidemark.state;

import io.tidemark.api.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a memory engine held at a commit, in files: {@code 0.entries}, {@code 1.entries} and so on,
 * one for each store, and {@code contents}, which names them and the commit and is written last and
 * deleted first. docs/formats/checkpoint.md draws them. Files of stores that did not change are the
 * same from one dump to the next. Confined to one thread.
 */
final class MemoryDump {
  private static final String CONTENTS = "contents";
  private static final int BATCH = 50_000;

  private final EngineOptions options;
  private final EngineCommit commit;

  /** By the stores' names. */
  private final Map<String, Path> files = new LinkedHashMap<>();

  /** Writes a dump into an empty directory. */
  static void write(Path into, List<String> names, MemoryEngine.Contents contents) {
    try {
      for (int store = 0; store < names.size(); store++) {
        try (EntryFile.Writer file = new EntryFile.Writer(into.resolve(store + ".entries"))) {
          contents.stores().get(store).forEach(file::add);
        }
      }
      try (EntryFile.Writer file = new EntryFile.Writer(into.resolve(CONTENTS))) {
        file.addNumbers(contents.commit().number(), contents.commit().position());
        for (int store = 0; store < names.size(); store++) {
          file.addName(names.get(store), store + ".entries");
        }
      }
    } catch (IOException e) {
      throw new StateException(
          "TM-3004", "cannot write what the memory engine holds to " + into + ": " + e, e);
    }
  }

  /** The dump in an engine's directory; null if there is none. */
  static @Nullable MemoryDump in(EngineOptions options) {
    return Files.exists(options.directory().resolve(CONTENTS)) ? new MemoryDump(options) : null;
  }

  private MemoryDump(EngineOptions options) {
    this.options = options;
    try (EntryFile.Reader contents = new EntryFile.Reader(options.directory().resolve(CONTENTS))) {
      if (!contents.next()) {
        throw new IOException("it names no commit");
      }
      commit =
          new EngineCommit(EntryFile.number(contents.key()), EntryFile.number(contents.value()));
      while (contents.next()) {
        files.put(
            EntryFile.name(contents.key()),
            options.directory().resolve(EntryFile.name(contents.value())));
      }
    } catch (IOException e) {
      throw damaged(CONTENTS, e);
    }
  }

  /** The commit that it equals. */
  EngineCommit commit() {
    return commit;
  }

  /** The name of a store, by its index. */
  String name(int store) {
    return options.stores().get(store).name();
  }

  /** The entries of a store, by its index; null if the dump does not have it. */
  EntryFile.@Nullable Reader entries(int store) throws IOException {
    Path file = files.get(name(store));
    return file == null ? null : new EntryFile.Reader(file);
  }

  /** All stores that the engine is opened with. */
  MemoryEngine.Contents load() {
    List<SortedTable> tables = new ArrayList<>();
    for (int store = 0; store < options.stores().size(); store++) {
      tables.add(load(store));
    }
    return new MemoryEngine.Contents(tables, commit);
  }

  /** One store, by its index. */
  SortedTable load(int store) {
    SortedTable table = SortedTable.EMPTY;
    try (EntryFile.Reader entries = entries(store)) {
      List<Change> batch = new ArrayList<>();
      while (entries != null && entries.next()) {
        batch.add(new Change(0, entries.key(), entries.value()));
        if (batch.size() == BATCH) {
          table = table.with(batch);
          batch.clear();
        }
      }
      return table.with(batch);
    } catch (IOException e) {
      throw damaged(name(store), e);
    }
  }

  /** Removes it, in such an order that a crash leaves nothing that looks whole. */
  void delete() {
    try {
      Files.delete(options.directory().resolve(CONTENTS));
      for (Path file : files.values()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new StateException(
          "TM-3004", "cannot remove what was read from " + options.directory() + ": " + e, e);
    }
  }

  StateException damaged(String store, IOException cause) {
    return new StateException(
        StateException.DAMAGED,
        "the local state of task "
            + options.task()
            + " in "
            + options.directory()
            + " is damaged ("
            + store
            + "): "
            + cause.getMessage()
            + ". Remove that directory: the task then rebuilds its state from its journal",
        cause);
  }
}
