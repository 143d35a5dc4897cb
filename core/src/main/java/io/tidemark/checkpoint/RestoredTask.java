package io.tidemark.checkpoint;

import io.tidemark.checkpoint.Verifier.Scratch;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A task's part of a checkpoint in engines of its own, to look into it. Its directory is gone when
 * it is closed. Confined to one thread.
 */
final class RestoredTask implements AutoCloseable {
  private final Path directory;
  private final List<Engine> engines = new ArrayList<>();
  private final RestoredSnapshot snapshot;

  /**
   * An engine of the task.
   *
   * @param type its type
   * @param stores the names of its stores, by index
   */
  record Engine(String type, List<String> stores, StorageEngine engine) {}

  private RestoredTask(BlobStore blobs, TaskManifest manifest, Scratch scratch) {
    try {
      directory = Files.createTempDirectory(scratch.directory(), "checkpoint-");
    } catch (IOException e) {
      throw new UncheckedIOException("making a directory in " + scratch.directory(), e);
    }
    boolean opened = false;
    try {
      snapshot =
          new SnapshotRestorer(blobs, forcing -> {}, 1, System::nanoTime)
              .restore(manifest, directory, true, progress -> {});
      for (EngineManifest engine : manifest.engines()) {
        open(manifest, engine, scratch);
      }
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  static RestoredTask open(BlobStore blobs, TaskManifest manifest, Scratch scratch) {
    return new RestoredTask(blobs, manifest, scratch);
  }

  private void open(TaskManifest manifest, EngineManifest engine, Scratch scratch) {
    List<String> names = stores(manifest, engine, scratch);
    List<EngineOptions.Store> stores =
        names.stream()
            .map(name -> new EngineOptions.Store(name, properties(scratch, name)))
            .toList();
    engines.add(
        new Engine(
            engine.type(),
            names,
            scratch
                .engines()
                .apply(engine.type())
                .open(
                    new EngineOptions(
                        directory.resolve(engine.type()), manifest.task().toString(), stores))));
  }

  /** Those with digests, and those that are configured to be in that engine. */
  private static List<String> stores(
      TaskManifest manifest, EngineManifest engine, Scratch scratch) {
    TreeSet<String> names = new TreeSet<>(engine.digests().keySet());
    manifest.stores().stream()
        .map(store -> store.name())
        .filter(
            name ->
                scratch.stores().containsKey(name)
                    && scratch.stores().get(name).factory().equals(engine.type()))
        .forEach(names::add);
    return List.copyOf(names);
  }

  private static Map<String, String> properties(Scratch scratch, String store) {
    var definition = scratch.stores().get(store);
    return definition == null ? Map.of() : definition.properties();
  }

  List<Engine> engines() {
    return engines;
  }

  /** Applies the blocks up to a commit that the engines do not have yet. */
  void replay(long upTo) {
    snapshot.replay(
        located -> {
          if (located.block().number() <= upTo) {
            engines.forEach(engine -> apply(engine, located));
          }
        });
  }

  private static void apply(Engine engine, LocatedBlock located) {
    Block block = located.block();
    if (block.number() <= engine.engine.commit().number()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    for (StoreChanges store : block.stores()) {
      int index = engine.stores.indexOf(store.store());
      for (StoreChanges.Cursor change = store.cursor(); index >= 0 && change.next(); ) {
        changes.add(PartEngines.change(index, change));
      }
    }
    changes.sort(
        (left, right) ->
            left.store() != right.store()
                ? Integer.compare(left.store(), right.store())
                : Arrays.compareUnsigned(left.key(), right.key()));
    engine.engine.apply(changes, new EngineCommit(block.number(), located.position()));
  }

  /** The digests of an engine's stores, without stores and slots that are empty. */
  static Map<String, Map<Integer, SlotDigest>> digests(Engine engine) {
    Map<String, Map<Integer, SlotDigest>> digests = new TreeMap<>();
    for (int store = 0; store < engine.stores.size(); store++) {
      Map<Integer, SlotDigest> slots = StateDigest.of(engine.engine, store);
      if (!slots.isEmpty()) {
        digests.put(engine.stores.get(store), slots);
      }
    }
    return digests;
  }

  @Override
  public void close() {
    engines.forEach(engine -> engine.engine.close());
    try {
      Staging.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + directory, e);
    }
  }
}
