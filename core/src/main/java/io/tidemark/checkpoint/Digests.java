package io.tidemark.checkpoint;

import io.tidemark.checkpoint.SnapshotDraft.Frozen;
import io.tidemark.state.EngineFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The digests of a snapshot's engines: read from the former checkpoint if it has the same commit,
 * else computed from the frozen files. Threads: any.
 */
final class Digests {
  private final TaskEngines engines;
  private final @Nullable TaskManifest former;
  private final boolean wanted;
  private final Map<String, Map<String, Map<Integer, SlotDigest>>> computed =
      new ConcurrentHashMap<>();

  Digests(TaskEngines engines, @Nullable TaskManifest former, boolean wanted) {
    this.engines = engines;
    this.former = former;
    this.wanted = wanted;
  }

  /** What is to be done before the digests of these engines are there. */
  List<Runnable> work(List<Frozen> frozen) {
    List<Runnable> work = new ArrayList<>();
    for (Frozen engine : frozen) {
      Map<String, Map<Integer, SlotDigest>> known = known(engine);
      if (known != null) {
        computed.put(engine.type(), known);
      } else if (wanted) {
        work.add(() -> compute(engine));
      }
    }
    return work;
  }

  private @Nullable Map<String, Map<Integer, SlotDigest>> known(Frozen frozen) {
    if (former != null) {
      for (EngineManifest engine : former.engines()) {
        if (engine.type().equals(frozen.type())
            && engine.commit() == frozen.commit()
            && !engine.digests().isEmpty()) {
          return engine.digests();
        }
      }
    }
    return null;
  }

  private void compute(Frozen frozen) {
    Map<String, Map<Integer, SlotDigest>> digests = new TreeMap<>();
    try (EngineFiles files = engines.open(frozen.type(), frozen.directory())) {
      List<String> stores = engines.stores().getOrDefault(frozen.type(), List.of());
      for (int store = 0; files != null && store < stores.size(); store++) {
        digests.put(stores.get(store), StateDigest.of(files, store));
      }
    }
    computed.put(frozen.type(), digests);
  }

  /** The digests of an engine, by store and slot. */
  Map<String, Map<Integer, SlotDigest>> of(String type) {
    return computed.getOrDefault(type, Map.of());
  }
}
