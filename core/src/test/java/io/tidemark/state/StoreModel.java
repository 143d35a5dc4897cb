package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.state.EngineReader.Direction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the stores of an engine should hold. Confined to one thread. */
public final class StoreModel {
  private final List<TreeMap<byte[], byte[]>> stores = new ArrayList<>();

  public StoreModel(int stores) {
    for (int i = 0; i < stores; i++) {
      this.stores.add(new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /** A change that sets a key, both given as text. */
  public static Change put(int store, String key, String value) {
    return new Change(store, bytes(key), bytes(value));
  }

  /** A change that removes a key, given as text. */
  public static Change delete(int store, String key) {
    return new Change(store, bytes(key), null);
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public void apply(Iterable<Change> changes) {
    for (Change change : changes) {
      if (change.value() == null) {
        stores.get(change.store()).remove(change.key());
      } else {
        stores.get(change.store()).put(change.key(), change.value());
      }
    }
  }

  public byte @Nullable [] get(int store, byte[] key) {
    return stores.get(store).get(key);
  }

  /** A model that later changes of this one leave alone. */
  public StoreModel copy() {
    StoreModel copy = new StoreModel(stores.size());
    for (int store = 0; store < stores.size(); store++) {
      copy.stores.get(store).putAll(stores.get(store));
    }
    return copy;
  }

  /** Compares all that an engine or a snapshot holds. */
  public void assertHeldBy(EngineReader reader) {
    for (int store = 0; store < stores.size(); store++) {
      assertScansEqual(reader, store, new byte[0], null);
    }
  }

  /** Compares one scan, in both directions. */
  public void assertScansEqual(EngineReader reader, int store, byte[] from, byte @Nullable [] to) {
    NavigableMap<byte[], byte[]> expected = stores.get(store).tailMap(from, true);
    if (to != null) {
      byte[] end = Arrays.compareUnsigned(from, to) < 0 ? to : from;
      expected = expected.headMap(end, false);
    }
    try (EngineIterator entries = reader.scan(store, from, to)) {
      assertGives(expected, entries, store);
    }
    try (EngineIterator entries = reader.scan(store, from, to, Direction.BACKWARD)) {
      assertGives(expected.descendingMap(), entries, store);
    }
  }

  private static void assertGives(
      NavigableMap<byte[], byte[]> expected, EngineIterator entries, int store) {
    for (var entry : expected.entrySet()) {
      assertThat(entries.valid())
          .as("an entry at %s of store %s", hex(entry.getKey()), store)
          .isTrue();
      // Compared by hand: AssertJ takes long over many arrays.
      if (!Arrays.equals(entries.key(), entry.getKey())) {
        assertThat(hex(entries.key())).as("key in store %s", store).isEqualTo(hex(entry.getKey()));
      }
      if (!Arrays.equals(entries.value(), entry.getValue())) {
        assertThat(hex(entries.value()))
            .as("value of %s in store %s", hex(entry.getKey()), store)
            .isEqualTo(hex(entry.getValue()));
      }
      entries.next();
    }
    if (entries.valid()) {
      assertThat(hex(entries.key())).as("key too many in store %s", store).isNull();
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
