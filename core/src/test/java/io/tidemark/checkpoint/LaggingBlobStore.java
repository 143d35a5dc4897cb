package io.tidemark.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A blob store in memory with a clock of its own, whose lists miss what was written, and show what
 * was deleted, within the last {@code lag} milliseconds, as chance has it.
 */
final class LaggingBlobStore implements BlobStore {
  private final Random random;
  private final long lag;
  private final TreeMap<String, Version> blobs = new TreeMap<>();
  private final TreeMap<String, Version> deleted = new TreeMap<>();
  long now = 1_000_000;

  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  private record Version(byte[] bytes, long since) {}

  LaggingBlobStore() {
    this(new Random(0), 0);
  }

  LaggingBlobStore(Random random, long lag) {
    this.random = random;
    this.lag = lag;
  }

  @Override
  public void put(String name, Source source) {
    try (InputStream bytes = source.open()) {
      blobs.put(name, new Version(bytes.readAllBytes(), now));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    Version present = blobs.putIfAbsent(name, new Version(bytes.clone(), now));
    return present == null || Arrays.equals(present.bytes, bytes);
  }

  @Override
  public InputStream open(String name, long from) {
    Version present = blobs.get(name);
    if (present == null) {
      throw new BlobStoreException(BlobStoreException.NOT_FOUND, "no blob " + name, null);
    }
    int begin = (int) Math.min(from, present.bytes.length);
    return new ByteArrayInputStream(present.bytes, begin, present.bytes.length - begin);
  }

  @Override
  public @Nullable Stat stat(String name) {
    Version present = blobs.get(name);
    return present == null ? null : stat(name, present);
  }

  private static Stat stat(String name, Version version) {
    return new Stat(name, version.bytes.length, Instant.ofEpochMilli(version.since));
  }

  @Override
  public List<Stat> list(String prefix) {
    TreeMap<String, Stat> listed = new TreeMap<>();
    deleted.forEach(
        (name, version) -> {
          if (version.since > now - lag && random.nextBoolean()) {
            listed.put(name, stat(name, version));
          }
        });
    blobs.forEach(
        (name, version) -> {
          if (version.since <= now - lag || random.nextBoolean()) {
            listed.put(name, stat(name, version));
          }
        });
    listed.keySet().removeIf(name -> !name.startsWith(prefix));
    return new ArrayList<>(listed.values());
  }

  @Override
  public void delete(String name) {
    Version gone = blobs.remove(name);
    if (gone != null) {
      deleted.put(name, new Version(gone.bytes, now));
    }
  }

  /** The names that are there, as lists will show them some time. */
  Set<String> names() {
    return Set.copyOf(blobs.keySet());
  }

  boolean has(String name) {
    return blobs.containsKey(name);
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
