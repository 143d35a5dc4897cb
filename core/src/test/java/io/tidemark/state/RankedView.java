package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.ReadOnlyKeyValueStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store by the ranks of its keys, so that one test goes for keys of every kind. Confined to
 * one thread.
 */
class RankedView<K> implements ReadOnlyKeyValueStore<Integer, String> {
  final KeyKind<K> kind;
  private final ReadOnlyKeyValueStore<K, String> view;

  RankedView(KeyKind<K> kind, ReadOnlyKeyValueStore<K, String> view) {
    this.kind = kind;
    this.view = view;
  }

  @Override
  public @Nullable String get(Integer rank) {
    return view.get(kind.key(rank));
  }

  @Override
  public Map<Integer, String> getAll(List<Integer> ranks) {
    Map<Integer, String> found = new LinkedHashMap<>();
    view.getAll(keys(ranks)).forEach((key, value) -> found.put(kind.rank(key), value));
    return found;
  }

  List<K> keys(List<Integer> ranks) {
    List<K> keys = new ArrayList<>();
    ranks.forEach(rank -> keys.add(kind.key(rank)));
    return keys;
  }

  @Override
  public KeyValueIterator<Integer, String> range(Integer from, Integer to) {
    return new Ranked(view.range(kind.key(from), kind.key(to)));
  }

  @Override
  public KeyValueIterator<Integer, String> reverseRange(Integer from, Integer to) {
    return new Ranked(view.reverseRange(kind.key(from), kind.key(to)));
  }

  @Override
  public KeyValueIterator<Integer, String> prefix(byte[] prefix) {
    return new Ranked(view.prefix(prefix));
  }

  @Override
  public KeyValueIterator<Integer, String> all() {
    return new Ranked(view.all());
  }

  @Override
  public KeyValueIterator<Integer, String> reverseAll() {
    return new Ranked(view.reverseAll());
  }

  @Override
  public long approximateEntries() {
    return view.approximateEntries();
  }

  private final class Ranked implements KeyValueIterator<Integer, String> {
    private final KeyValueIterator<K, String> entries;

    Ranked(KeyValueIterator<K, String> entries) {
      this.entries = entries;
    }

    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public Entry<Integer, String> next() {
      Entry<K, String> next = entries.next();
      return new Entry<>(kind.rank(next.key()), next.value());
    }

    @Override
    public void close() {
      entries.close();
    }
  }
}
