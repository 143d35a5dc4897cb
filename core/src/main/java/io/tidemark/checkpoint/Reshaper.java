package io.tidemark.checkpoint;

import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.Slots;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a task's state of a checkpoint whose tasks were divided otherwise or had other stores.
 *
 * <p>The largest of the parts that have slots of the task is restored, its blocks up to the cut are
 * applied, and what is not the task's is cut out; most of that is without rewriting files. What
 * others have of it is added by scan, as is a store that another engine had. All happens in a
 * directory beside, whose name {@link SnapshotRestorer#clean} knows; the engines' files get their
 * places in the end.
 *
 * <p>Threads: any; one for each task.
 */
public final class Reshaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reshaper.class);
  private static final String BESIDE = "reshaped.restoring";

  private final SnapshotRestorer restorer;
  private final Function<String, EngineFactory> engines;

  /**
   * @param engines the engines by type, also of those that only the checkpoint has
   */
  public Reshaper(SnapshotRestorer restorer, Function<String, EngineFactory> engines) {
    this.restorer = restorer;
    this.engines = engines;
  }

  /**
   * A store that the task has now.
   *
   * @param engine the type of its engine
   * @param properties everything under {@code stores.<name>.}
   */
  public record Store(String name, String engine, Map<String, String> properties) {}

  /**
   * A task's state as of the cut, but for the engines' files, which are in place.
   *
   * @param commit the number of the last block that any of the parts has
   * @param timeMs the latest of their times
   * @param positions how far each input was processed
   * @param stores what the task remembers of its stores
   */
  public record Reshaped(
      long commit,
      long timeMs,
      Map<SystemStreamPartition, String> positions,
      List<StoreIdentity> stores) {}

  /**
   * Puts engine files into a task's directory.
   *
   * @param parts those that have slots of the task, in the order of the tasks; at least one
   * @param positions where the task begins to read
   * @param directory the task's, locked by the caller and without state
   * @throws StateException (TM-8503) if two parts have an entry of the same key that cannot be
   *     split
   */
  public Reshaped restore(
      Division division,
      List<TaskManifest> parts,
      Map<SystemStreamPartition, String> positions,
      List<Store> stores,
      Path directory) {
    Path beside = directory.resolve(BESIDE);
    Reshaped reshaped =
        new Reshaped(
            parts.stream().mapToLong(TaskManifest::commit).max().orElseThrow(),
            parts.stream().mapToLong(TaskManifest::timeMs).max().orElseThrow(),
            positions,
            identities(division, parts, stores));
    SnapshotRestorer.clean(directory);
    long started = System.nanoTime();
    try (Shape shape = new Shape(division, stores, reshaped, Files.createDirectories(beside))) {
      shape.take(parts);
      shape.putInPlace(directory);
    } catch (IOException e) {
      throw new StateException("TM-3004", "a snapshot cannot be restored to " + directory, e);
    }
    SnapshotRestorer.clean(directory);
    LOG.info(
        "Task {}: made of what {} had, in {} ms",
        division.task(),
        parts.stream().map(part -> part.task().toString()).toList(),
        (System.nanoTime() - started) / 1_000_000);
    return reshaped;
  }

  /** What is remembered of those stores that the task has; each schema that any part knows. */
  private static List<StoreIdentity> identities(
      Division division, List<TaskManifest> parts, List<Store> stores) {
    Set<String> names = stores.stream().map(Store::name).collect(Collectors.toSet());
    Map<String, StoreIdentity> merged = new LinkedHashMap<>();
    for (TaskManifest part : bySize(parts)) {
      for (StoreIdentity store : part.stores()) {
        if (names.contains(store.name())) {
          merged.merge(
              store.name(), store, (one, other) -> withSchemas(division, part, one, other));
        }
      }
    }
    return List.copyOf(merged.values());
  }

  private static StoreIdentity withSchemas(
      Division division, TaskManifest part, StoreIdentity one, StoreIdentity other) {
    StoreIdentity alike =
        new StoreIdentity(
            other.name(),
            other.format(),
            other.keySchema(),
            other.scope(),
            other.partitioningKey(),
            one.valueSchemas());
    if (!alike.equals(one)) {
      throw new StateException(
          "TM-8505",
          String.format(
              "store %s of task %s is another than in the other tasks that task %s is made of: %s and"
                  + " %s. Run the job once with all its tasks, and take another savepoint",
              one.name(), part.task(), division.task(), other, one));
    }
    StoreIdentity merged = one;
    for (String schema : other.valueSchemas()) {
      merged = merged.valueSchemas().contains(schema) ? merged : merged.withValueSchema(schema);
    }
    return merged;
  }

  /** The largest first: it is what the others are added to. */
  private static List<TaskManifest> bySize(List<TaskManifest> parts) {
    return parts.stream()
        .sorted(Comparator.comparingLong(TaskManifest::totalBytes).reversed())
        .toList();
  }

  /** A task's state in the making. */
  private final class Shape implements AutoCloseable {
    private final Division division;
    private final List<Store> stores;
    private final Reshaped reshaped;
    private final Path beside;
    private final Map<String, StorageEngine> own = new TreeMap<>();
    private final Map<String, List<String>> indexes = new TreeMap<>();
    private final List<StorageEngine> opened = new ArrayList<>();

    Shape(Division division, List<Store> stores, Reshaped reshaped, Path beside) {
      this.division = division;
      this.stores = stores;
      this.reshaped = reshaped;
      this.beside = beside;
    }

    void take(List<TaskManifest> parts) throws IOException {
      List<TaskManifest> sorted = bySize(parts);
      takeOver(sorted.get(0));
      for (TaskManifest part : sorted.subList(1, sorted.size())) {
        try (PartEngines engines = open(part)) {
          for (Store store : stores) {
            add(store, part, engines);
          }
        }
      }
    }

    /** The first part's engines become the task's own. */
    private void takeOver(TaskManifest part) throws IOException {
      PartEngines engines = open(part);
      opened.addAll(engines.all());
      for (Store store : stores) {
        StorageEngine known = engines.engine(store.engine());
        if (known == null) {
          openNew(store.engine());
        } else {
          own.put(store.engine(), known);
          indexes.put(store.engine(), engines.stores());
        }
      }
      IntPredicate slots = slots(part);
      own.forEach(
          (type, engine) -> {
            if (engines.engine(type) != null) {
              engine.retain(slots);
            }
          });
      for (Store store : stores) {
        if (!store.engine().equals(engines.typeOf(store.name()))) {
          clear(store.engine(), store.name());
          add(store, part, engines);
        }
      }
      own.forEach(
          (type, engine) -> {
            for (String name : List.copyOf(indexes.getOrDefault(type, List.of()))) {
              if (stores.stream()
                  .noneMatch(s -> s.name().equals(name) && s.engine().equals(type))) {
                clear(type, name);
              }
            }
          });
    }

    private PartEngines open(TaskManifest part) throws IOException {
      Map<String, Map<String, String>> properties = new TreeMap<>();
      part.stores().forEach(store -> properties.put(store.name(), Map.of()));
      stores.forEach(store -> properties.put(store.name(), store.properties()));
      Path directory = Files.createDirectories(beside.resolve(part.task().toString()));
      return PartEngines.open(restorer, engines, part, directory, properties);
    }

    private void openNew(String type) throws IOException {
      if (own.containsKey(type)) {
        return;
      }
      List<Store> here = stores.stream().filter(store -> store.engine().equals(type)).toList();
      StorageEngine engine =
          engines
              .apply(type)
              .open(
                  new EngineOptions(
                      Files.createDirectories(beside.resolve("new").resolve(type)),
                      division.task().toString(),
                      here.stream()
                          .map(store -> new EngineOptions.Store(store.name(), store.properties()))
                          .toList()));
      opened.add(engine);
      own.put(type, engine);
      indexes.put(type, here.stream().map(Store::name).toList());
    }

    private IntPredicate slots(TaskManifest part) {
      return Slots.ofTask(
          division.slots(),
          division.tasks(),
          division.task().partition(),
          division.takesWhole(part));
    }

    private void clear(String type, String store) {
      Entries.clear(engine(type), index(type, store));
    }

    private StorageEngine engine(String type) {
      StorageEngine engine = own.get(type);
      if (engine == null) {
        throw new IllegalStateException("no engine " + type);
      }
      return engine;
    }

    private int index(String type, String store) {
      return indexes.getOrDefault(type, List.of()).indexOf(store);
    }

    private void add(Store store, TaskManifest part, PartEngines from) {
      StorageEngine source = from.engineOf(store.name());
      if (source != null) {
        new Entries(engine(store.engine()), index(store.engine(), store.name()))
            .add(
                source,
                from.stores().indexOf(store.name()),
                slots(part),
                renumbered(store.name(), part),
                "store " + store.name() + " of task " + part.task());
      }
    }

    /** The numbers that a part's schemas of a store's values have now. */
    private int[] renumbered(String store, TaskManifest part) {
      for (StoreIdentity was : part.stores()) {
        for (StoreIdentity is : reshaped.stores()) {
          if (was.name().equals(store) && is.name().equals(store)) {
            return was.valueSchemas().stream().mapToInt(is.valueSchemas()::indexOf).toArray();
          }
        }
      }
      return new int[0];
    }

    void putInPlace(Path directory) throws IOException {
      Set<String> types = new LinkedHashSet<>(own.keySet());
      for (String type : types) {
        StorageEngine engine = engine(type);
        engine.apply(List.of(), new EngineCommit(reshaped.commit(), -1));
        engine.flush();
        engine.freeze(Files.createDirectories(beside.resolve("frozen").resolve(type)), 0);
      }
      close();
      for (String type : types) {
        Path target = directory.resolve(type);
        Staging.delete(target);
        Files.move(beside.resolve("frozen").resolve(type), target, StandardCopyOption.ATOMIC_MOVE);
      }
    }

    @Override
    public void close() {
      opened.forEach(StorageEngine::close);
      opened.clear();
    }
  }
}
