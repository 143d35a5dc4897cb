package io.tidemark.checkpoint;

import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task's part of a checkpoint, restored, in engines that all know all stores, at the cut.
 * Confined to one thread.
 */
final class PartEngines implements AutoCloseable {
  private final List<String> stores;
  private final Map<String, StorageEngine> engines = new LinkedHashMap<>();

  /** The type of the engine that has each store. */
  private final Map<String, String> places = new TreeMap<>();

  private PartEngines(List<String> stores) {
    this.stores = stores;
  }

  /**
   * Restores a part.
   *
   * @param properties of all stores that it has or is to have
   */
  static PartEngines open(
      SnapshotRestorer restorer,
      Function<String, EngineFactory> factories,
      TaskManifest part,
      Path directory,
      Map<String, Map<String, String>> properties)
      throws IOException {
    PartEngines opened = new PartEngines(List.copyOf(properties.keySet()));
    boolean done = false;
    try (RestoredSnapshot snapshot =
        restorer.restore(part, directory, true, RestoreProgress.Listener.NONE)) {
      List<EngineOptions.Store> options = new ArrayList<>();
      properties.forEach((name, values) -> options.add(new EngineOptions.Store(name, values)));
      for (EngineManifest engine : part.engines()) {
        Path files = Files.createDirectories(directory.resolve(engine.type()));
        opened.engines.put(
            engine.type(),
            factories
                .apply(engine.type())
                .open(new EngineOptions(files, part.task().toString(), options)));
      }
      opened.findStores();
      snapshot.replay(opened::apply);
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /** A store without entries may be anywhere; all its changes are to come in the oldest engine. */
  private void findStores() {
    String oldest = null;
    for (Map.Entry<String, StorageEngine> engine : engines.entrySet()) {
      if (oldest == null || number(engine.getValue()) < number(engines.get(oldest))) {
        oldest = engine.getKey();
      }
    }
    for (int store = 0; store < stores.size(); store++) {
      for (Map.Entry<String, StorageEngine> engine : engines.entrySet()) {
        try (EngineIterator entries = engine.getValue().scan(store, new byte[0], null)) {
          if (entries.valid()) {
            places.put(stores.get(store), engine.getKey());
          }
        }
      }
      if (oldest != null) {
        places.putIfAbsent(stores.get(store), oldest);
      }
    }
  }

  private static long number(@Nullable StorageEngine engine) {
    return engine == null ? 0 : engine.commit().number();
  }

  private void apply(LocatedBlock located) {
    Block block = located.block();
    engines.forEach(
        (type, engine) -> {
          if (block.number() > engine.commit().number()) {
            engine.apply(
                changes(type, block), new EngineCommit(block.number(), located.position()));
          }
        });
  }

  private List<Change> changes(String type, Block block) {
    List<Change> changes = new ArrayList<>();
    for (StoreChanges store : block.stores()) {
      if (type.equals(places.get(store.store()))) {
        int index = stores.indexOf(store.store());
        for (StoreChanges.Cursor change = store.cursor(); change.next(); ) {
          changes.add(change(index, change));
        }
      }
    }
    changes.sort(
        (left, right) ->
            left.store() != right.store()
                ? Integer.compare(left.store(), right.store())
                : Arrays.compareUnsigned(left.key(), right.key()));
    return changes;
  }

  static Change change(int store, StoreChanges.Cursor change) {
    int key = change.keyOffset();
    int value = change.valueOffset();
    return new Change(
        store,
        Arrays.copyOfRange(change.array(), key, key + change.keyLength()),
        change.valueLength() < 0
            ? null
            : Arrays.copyOfRange(change.array(), value, value + change.valueLength()));
  }

  /** The names of the stores by index, the same in all engines. */
  List<String> stores() {
    return stores;
  }

  /** The engine of a type; null if the part has none. */
  @Nullable StorageEngine engine(String type) {
    return engines.get(type);
  }

  /** The type of the engine that has a store; null if the part has no engines. */
  @Nullable String typeOf(String store) {
    return places.get(store);
  }

  /** The engine that has a store; null if the part has no engines. */
  @Nullable StorageEngine engineOf(String store) {
    String type = typeOf(store);
    return type == null ? null : engines.get(type);
  }

  Collection<StorageEngine> all() {
    return engines.values();
  }

  @Override
  public void close() {
    engines.values().forEach(StorageEngine::close);
  }
}
