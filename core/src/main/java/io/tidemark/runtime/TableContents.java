package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.api.StateException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineReader;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.StorageEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entries of a broadcast table, and how far its source was read, in one engine.
 *
 * <p>Invariant: the positions are those at which the entries stand, also after the process was
 * killed at any moment, since both are applied together. One thread changes it; any may read {@link
 * #reader}.
 */
final class TableContents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableContents.class);
  private static final int ENTRIES = 0;
  private static final int PLACES = 1;

  /** Under which key {@link #PLACES} has what tells the source; positions are under numbers. */
  private static final String SOURCE = "source";

  private final Place place;
  private final NavigableMap<byte[], byte @Nullable []> entries =
      new TreeMap<>(Arrays::compareUnsigned);
  private final Map<String, String> places = new TreeMap<>();
  private long bytes;
  private StorageEngine engine;

  /**
   * Where a table's engine is.
   *
   * @param directory locked
   * @param who whose it is, for messages
   * @param store the table's name
   * @param engines opens it
   * @param properties the engine's settings
   */
  record Place(
      StateDirectory directory,
      String who,
      String store,
      EngineFactory engines,
      Map<String, String> properties) {

    private String folder() {
      return store + "-" + engines.type();
    }

    private StorageEngine open() {
      return engines.open(
          new EngineOptions(
              directory.engine(folder()),
              who,
              List.of(
                  new EngineOptions.Store(store, properties),
                  new EngineOptions.Store(store + ".places", Map.of()))));
    }
  }

  /** Opens what is there; what is damaged is thrown away, as the source has it all. */
  TableContents(Place place) {
    this.place = place;
    try {
      engine = place.open();
    } catch (StateException e) {
      if (!e.code().equals(StateException.DAMAGED)) {
        throw e;
      }
      LOG.warn(
          "{}: the copy of store {} is damaged and is fed from its source again: {}",
          place.who,
          place.store,
          e.getMessage());
      place.directory.deleteEngine(place.folder());
      engine = place.open();
    }
  }

  /** What the engine holds. Any thread may read it. */
  EngineReader reader() {
    return engine;
  }

  long approximateEntries() {
    return engine.approximateEntries(ENTRIES);
  }

  /** What tells the source that the entries came from; null if none ever came. */
  @Nullable String source() {
    byte[] source = engine.get(PLACES, SOURCE.getBytes(UTF_8));
    return source == null ? null : new String(source, UTF_8);
  }

  /** How far each partition of the source was read. */
  Map<Integer, String> positions() {
    Map<Integer, String> positions = new TreeMap<>();
    try (EngineIterator all = engine.scan(PLACES, new byte[0], null)) {
      for (; all.valid(); all.next()) {
        String key = new String(all.key(), UTF_8);
        if (!key.equals(SOURCE)) {
          positions.put(Integer.valueOf(key), new String(all.value(), UTF_8));
        }
      }
    }
    return positions;
  }

  /** Notes that the engine's files are not to be used again. */
  void markDamaged(StateException why) {
    place.directory.markDamaged(String.valueOf(why.getMessage()));
  }

  /** Forgets all, for a source to begin anew. Nobody reads meanwhile. */
  void clear() {
    engine.close();
    place.directory.deleteEngine(place.folder());
    engine = place.open();
  }

  /** Adds the source to what will be applied. */
  void setSource(String source) {
    places.put(SOURCE, source);
  }

  /** Adds a change to what will be applied; a null value removes the key. */
  void change(byte[] key, byte @Nullable [] value) {
    entries.put(key, value);
    bytes += key.length + (value == null ? 0 : value.length) + 32L;
  }

  /** Adds how far a partition was read to what will be applied. */
  void setPosition(int partition, String position) {
    places.put(Integer.toString(partition), position);
  }

  /** About how many bytes will be applied. */
  long bytes() {
    return bytes;
  }

  /** Applies what was added, all at once. */
  void apply() {
    List<Change> changes = new ArrayList<>(entries.size() + places.size());
    entries.forEach((key, value) -> changes.add(new Change(ENTRIES, key, value)));
    places.forEach(
        (key, value) ->
            changes.add(new Change(PLACES, key.getBytes(UTF_8), value.getBytes(UTF_8))));
    engine.apply(changes, new EngineCommit(engine.commit().number() + 1, 0));
    entries.clear();
    places.clear();
    bytes = 0;
  }

  @Override
  public void close() {
    engine.close();
  }
}
