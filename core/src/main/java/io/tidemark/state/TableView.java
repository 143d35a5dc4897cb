package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One task's view of a table that its container holds for all tasks, and that another thread keeps
 * up to date. Keys and values stand in the engine as their serdes write them. Nothing is cached:
 * each read asks the engine. Confined to the task's worker.
 */
public final class TableView<K, V> implements ReadOnlyKeyValueStore<K, V> {
  private final Table table;
  private final String name;
  private final TaskState state;
  private final Serde<K> keys;
  private final Serde<V> values;
  private final List<Cursor> openIterators = new ArrayList<>(2);

  /** A table that tasks share. Any thread may call it. */
  public interface Table {
    /** The store's name. */
    String store();

    /** The engine, in which it is the first store. */
    EngineReader reader();

    /** About how many entries there are. */
    long approximateEntries();

    /** What to throw when the engine has thrown. */
    RuntimeException failure(StateException thrown);
  }

  /**
   * @param keys not used by another task
   * @param values not used by another task
   */
  TableView(Table table, TaskState state, Serde<K> keys, Serde<V> values) {
    this.table = table;
    this.name = table.store();
    this.state = state;
    this.keys = keys;
    this.values = values;
  }

  String name() {
    return name;
  }

  @Override
  public @Nullable V get(K key) {
    state.checkThread(name);
    byte[] keyBytes = bytes(key);
    byte[] value = guard(() -> table.reader().get(0, keyBytes));
    return value == null ? null : value(value);
  }

  @Override
  public Map<K, V> getAll(List<K> wanted) {
    state.checkThread(name);
    byte[][] wantedBytes = wanted.stream().map(this::bytes).toArray(byte[][]::new);
    byte[] @Nullable [] stored =
        Objects.requireNonNull(guard(() -> table.reader().getAll(0, wantedBytes)));
    Map<K, V> found = new LinkedHashMap<>();
    for (int i = 0; i < wantedBytes.length; i++) {
      byte[] value = stored[i];
      if (value != null) {
        found.put(wanted.get(i), value(value));
      }
    }
    return found;
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    return range(from, to, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseRange(K from, K to) {
    return range(from, to, Direction.BACKWARD);
  }

  private KeyValueIterator<K, V> range(K from, K to, Direction direction) {
    byte[] first = bytes(from);
    byte[] end = bytes(to);
    if (Arrays.compareUnsigned(first, end) > 0) {
      throw new IllegalArgumentException(
          "store " + name + ": the range begins after its end, " + from + " to " + to);
    }
    return scan(first, end, direction);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    Objects.requireNonNull(prefix, () -> "store " + name + ": a prefix may not be null");
    return scan(prefix, KeyOrder.after(prefix), Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> all() {
    return scan(new byte[0], null, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseAll() {
    return scan(new byte[0], null, Direction.BACKWARD);
  }

  private KeyValueIterator<K, V> scan(byte[] from, byte @Nullable [] to, Direction direction) {
    state.checkThread(name);
    EngineIterator found =
        Objects.requireNonNull(guard(() -> table.reader().scan(0, from, to, direction)));
    Cursor cursor = new Cursor(found);
    openIterators.add(cursor);
    state.iteratorOpened();
    return cursor;
  }

  @Override
  public long approximateEntries() {
    state.checkThread(name);
    return table.approximateEntries();
  }

  private <T> @Nullable T guard(Supplier<@Nullable T> read) {
    try {
      return read.get();
    } catch (StateException e) {
      throw table.failure(e);
    }
  }

  /**
   * Closes the iterators left open.
   *
   * @return how many there were
   */
  int closeIterators() {
    int open = openIterators.size();
    while (!openIterators.isEmpty()) {
      openIterators.get(openIterators.size() - 1).close();
    }
    return open;
  }

  private byte[] bytes(K key) {
    Objects.requireNonNull(key, () -> "store " + name + ": a key may not be null");
    return Objects.requireNonNull(
        keys.toBytes(key), () -> "store " + name + ": the key serde wrote null");
  }

  private K key(byte[] bytes) {
    return read(keys, bytes, "key");
  }

  private V value(byte[] bytes) {
    return read(values, bytes, "msg");
  }

  private <T> T read(Serde<T> serde, byte[] bytes, String part) {
    try {
      return Objects.requireNonNull(serde.fromBytes(bytes), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: what its source has put there cannot be read with %s; was it"
                  + " fed under another stores.%s.%s.serde?",
              name, state.task(), serde.getClass().getName(), name, part),
          e);
    }
  }

  /** The entries of a range as of its making. */
  private final class Cursor implements KeyValueIterator<K, V> {
    private final EngineIterator source;
    private boolean closed;

    Cursor(EngineIterator source) {
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      state.checkThread(name);
      if (closed) {
        throw new IllegalStateException(
            "an iterator of store "
                + name
                + " was used after it was closed, or after the call of process or window that made"
                + " it");
      }
      return Objects.requireNonNull(guard(source::valid));
    }

    @Override
    public Entry<K, V> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("store " + name + " has no more entries in this range");
      }
      byte[] keyBytes = Objects.requireNonNull(guard(source::key));
      byte[] valueBytes = Objects.requireNonNull(guard(source::value));
      guard(
          () -> {
            source.next();
            return null;
          });
      return new Entry<>(key(keyBytes), value(valueBytes));
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openIterators.remove(this);
        state.iteratorClosed();
        source.close();
      }
    }
  }
}
