package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the iterators of a store and its snapshots, and knows those that are open. Confined to the
 * task's worker.
 */
final class StoreScans<K, V> {
  private final String store;
  private final TaskState state;
  private final int engineStore;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final StoreEntries<K, V> entries;
  private final List<StoreIterator<K, V>> openIterators = new ArrayList<>(2);
  private final List<StoreSnapshot<K, V>> openSnapshots = new ArrayList<>(2);

  StoreScans(
      String store,
      TaskState state,
      int engineStore,
      KeyCodec<K> keys,
      ValueCodec<V> values,
      StoreEntries<K, V> entries) {
    this.store = store;
    this.state = state;
    this.engineStore = engineStore;
    this.keys = keys;
    this.values = values;
    this.entries = entries;
  }

  /** The store's name. */
  String store() {
    return store;
  }

  void checkThread() {
    state.checkThread(store);
  }

  KeyValueIterator<K, V> range(StoreView<K> view, K from, K to, Direction direction) {
    String call = direction == Direction.FORWARD ? "range" : "reverseRange";
    byte[] fromBytes = keys.bytes(require(from));
    byte[] toBytes = keys.bytes(require(to));
    if (Arrays.compareUnsigned(fromBytes, toBytes) > 0) {
      throw new IllegalArgumentException(
          "store " + store + ": the range begins after its end, " + from + " to " + to);
    }
    int common = Math.max(0, Arrays.mismatch(fromBytes, toBytes));
    int[] slots = keys.slotsOf(Arrays.copyOf(fromBytes, Math.min(common, fromBytes.length)));
    return iterate(call, view, slots, fromBytes, toBytes, direction);
  }

  KeyValueIterator<K, V> prefix(StoreView<K> view, byte[] prefix) {
    Objects.requireNonNull(prefix, () -> "store " + store + ": a prefix may not be null");
    byte[] after = KeyOrder.after(prefix);
    return iterate("prefix", view, keys.slotsOf(prefix), prefix, after, Direction.FORWARD);
  }

  KeyValueIterator<K, V> all(StoreView<K> view, Direction direction) {
    String call = direction == Direction.FORWARD ? "all" : "reverseAll";
    return iterate(call, view, keys.slotsOf(new byte[0]), new byte[0], null, direction);
  }

  private KeyValueIterator<K, V> iterate(
      String call,
      StoreView<K> view,
      int[] slots,
      byte[] from,
      byte @Nullable [] to,
      Direction direction) {
    byte[] start = Slots.engineKey(0, from);
    byte[] end = to == null ? null : Slots.engineKey(0, to);
    StoreIterator<K, V> iterator =
        new StoreIterator<>(
            this, view, call, view.ahead(start, end, direction), direction, state.now());
    openIterators.add(iterator);
    state.iteratorOpened();
    for (int slot : slots) {
      byte[] slotStart = Slots.engineKey(slot, from);
      byte[] slotEnd =
          to != null ? Slots.engineKey(slot, to) : KeyOrder.after(Arrays.copyOf(slotStart, 2));
      iterator.addSource(view.engine().scan(engineStore, slotStart, slotEnd, direction));
    }
    return iterator;
  }

  private K require(K key) {
    return Objects.requireNonNull(key, () -> "store " + store + ": a key may not be null");
  }

  /** An entry of the engine as the task sees it. */
  Entry<K, V> entry(byte[] engineKey, byte[] stored) {
    K key = keys.key(engineKey);
    return new Entry<>(key, values.read(key, stored));
  }

  /** A value from the form in which the cache has it. */
  V toValue(K key, Object cached) {
    return entries.format().toValue(key, cached);
  }

  // ---- what is open

  void snapshotOpened(StoreSnapshot<K, V> snapshot) {
    openSnapshots.add(snapshot);
  }

  /**
   * Closes the iterators left open.
   *
   * @return how many there were
   */
  int closeIterators() {
    int open = openIterators.size();
    while (!openIterators.isEmpty()) {
      openIterators.get(openIterators.size() - 1).release();
    }
    return open;
  }

  /**
   * Closes the snapshots left open.
   *
   * @return how many there were
   */
  int closeSnapshots() {
    int open = openSnapshots.size();
    while (!openSnapshots.isEmpty()) {
      openSnapshots.get(openSnapshots.size() - 1).release();
    }
    return open;
  }

  void iteratorClosed(StoreIterator<K, V> iterator) {
    openIterators.remove(iterator);
    state.iteratorClosed();
  }

  /** Closes the iterators of a snapshot with it. */
  void snapshotClosed(StoreSnapshot<K, V> snapshot) {
    openSnapshots.remove(snapshot);
    List.copyOf(openIterators).stream()
        .filter(iterator -> iterator.isOf(snapshot))
        .forEach(StoreIterator::release);
  }

  /** What made the first of the open iterators. */
  String firstOpenIterator() {
    return openIterators.isEmpty() ? "none" : openIterators.get(0).madeBy();
  }
}
