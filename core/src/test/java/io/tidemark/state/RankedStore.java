package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store of strings whose keys are given by their ranks. Confined to one thread. */
final class RankedStore<K> extends RankedView<K> implements KeyValueStore<Integer, String> {
  private final KeyValueStore<K, String> store;

  RankedStore(KeyKind<K> kind, KeyValueStore<K, String> store) {
    super(kind, store);
    this.store = store;
  }

  @Override
  public void put(Integer rank, String value) {
    store.put(kind.key(rank), value);
  }

  @Override
  public void put(Integer rank, String value, Duration timeToLive) {
    store.put(kind.key(rank), value, timeToLive);
  }

  @Override
  public void putAll(List<Entry<Integer, String>> entries) {
    List<Entry<K, String>> keyed = new ArrayList<>();
    entries.forEach(
        entry ->
            keyed.add(entry == null ? null : new Entry<>(kind.key(entry.key()), entry.value())));
    store.putAll(keyed);
  }

  @Override
  public @Nullable String putIfAbsent(Integer rank, String value) {
    return store.putIfAbsent(kind.key(rank), value);
  }

  @Override
  public @Nullable String compute(Integer rank, UnaryOperator<@Nullable String> update) {
    return store.compute(kind.key(rank), update);
  }

  @Override
  public String merge(Integer rank, String value, BinaryOperator<String> combine) {
    return store.merge(kind.key(rank), value, combine);
  }

  @Override
  public void delete(Integer rank) {
    store.delete(kind.key(rank));
  }

  @Override
  public void deleteAll(List<Integer> ranks) {
    store.deleteAll(keys(ranks));
  }

  @Override
  public KeyValueSnapshot<Integer, String> snapshot() {
    return new Snapshot<>(kind, store.snapshot());
  }

  private static final class Snapshot<K> extends RankedView<K>
      implements KeyValueSnapshot<Integer, String> {
    private final KeyValueSnapshot<K, String> snapshot;

    Snapshot(KeyKind<K> kind, KeyValueSnapshot<K, String> snapshot) {
      super(kind, snapshot);
      this.snapshot = snapshot;
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }
}
