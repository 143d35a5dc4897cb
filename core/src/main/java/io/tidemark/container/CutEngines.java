package io.tidemark.container;

import io.tidemark.checkpoint.TaskEngines;
import io.tidemark.runtime.CutPoint;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The engines of a task that has made a cut. None of them goes past the cut before it is frozen or
 * this is closed. One thread at a time: first the one that sets files apart, then the one that
 * takes the snapshot.
 */
final class CutEngines implements TaskEngines, AutoCloseable {
  private final CutPoint cut;
  private final TaskSpec spec;
  private final Map<String, EngineFactory> factories;
  private final SortedMap<String, List<String>> stores = new TreeMap<>();
  private final Set<String> unfrozen;

  CutEngines(CutPoint cut, TaskSpec spec, Map<String, EngineFactory> factories) {
    this.cut = cut;
    this.spec = spec;
    this.factories = factories;
    for (StoreSpec store : spec.stores()) {
      stores.computeIfAbsent(store.engine(), type -> new ArrayList<>()).add(store.name());
    }
    unfrozen = new HashSet<>(stores.keySet());
  }

  @Override
  public SortedMap<String, List<String>> stores() {
    return stores;
  }

  @Override
  public EngineCommit freeze(String type, Path into, long mostUnflushed) {
    StorageEngine engine = Objects.requireNonNull(cut.engines().get(type));
    EngineCommit frozen = engine.freeze(into, mostUnflushed);
    unfrozen.remove(type);
    if (unfrozen.isEmpty()) {
      close();
    }
    return frozen;
  }

  @Override
  public @Nullable EngineFiles open(String type, Path directory) {
    List<EngineOptions.Store> options =
        spec.stores().stream()
            .filter(store -> store.engine().equals(type))
            .map(store -> new EngineOptions.Store(store.name(), store.properties()))
            .toList();
    return Objects.requireNonNull(factories.get(type))
        .openFiles(new EngineOptions(directory, spec.name().toString(), options));
  }

  /** Lets the engines go on. */
  @Override
  public void close() {
    cut.goOn().run();
  }
}
