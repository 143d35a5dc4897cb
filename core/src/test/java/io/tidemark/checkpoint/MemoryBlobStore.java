package io.tidemark.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Blobs in memory, which survive {@link #close}. Does nothing by chance and waits for nothing, so
 * that a simulation with it can be repeated. Any thread may call it.
 */
public final class MemoryBlobStore implements BlobStore {
  private final LongSupplier clock;
  private final ConcurrentSkipListMap<String, Blob> blobs = new ConcurrentSkipListMap<>();

  /** A store whose blobs were all written in 1970. */
  public MemoryBlobStore() {
    this(() -> 0);
  }

  /**
   * @param clock milliseconds since 1970
   */
  public MemoryBlobStore(LongSupplier clock) {
    this.clock = clock;
  }

  /** Another store with the same blobs, which goes its own way. */
  public MemoryBlobStore copy(LongSupplier copysClock) {
    MemoryBlobStore copy = new MemoryBlobStore(copysClock);
    copy.blobs.putAll(blobs);
    return copy;
  }

  /** What is kept; the bytes never change. */
  private record Blob(byte[] bytes, long writtenMs) {
    Stat stat(String name) {
      return new Stat(name, bytes.length, Instant.ofEpochMilli(writtenMs));
    }
  }

  @Override
  public void put(String name, Source source) {
    BlobNames.check(name);
    blobs.put(name, new Blob(bytes(name, source), clock.getAsLong()));
  }

  private static byte[] bytes(String name, Source source) {
    try (InputStream in = source.open()) {
      byte[] bytes = in.readAllBytes();
      if (bytes.length != source.size()) {
        throw BlobStoreException.wrongSize(name, source.size(), Integer.toString(bytes.length));
      }
      return bytes;
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    BlobNames.check(name);
    Blob former = blobs.putIfAbsent(name, new Blob(bytes.clone(), clock.getAsLong()));
    return former == null || Arrays.equals(former.bytes(), bytes);
  }

  @Override
  public InputStream open(String name, long from) {
    Blob blob = blobs.get(BlobNames.check(name));
    if (blob == null) {
      throw BlobStoreException.notFound(name, this, null);
    }
    int start = (int) Math.min(from, blob.bytes().length);
    return new ByteArrayInputStream(blob.bytes(), start, blob.bytes().length - start);
  }

  @Override
  public @Nullable Stat stat(String name) {
    Blob blob = blobs.get(BlobNames.check(name));
    return blob == null ? null : blob.stat(name);
  }

  @Override
  public List<Stat> list(String prefix) {
    BlobNames.checkPrefix(prefix);
    List<Stat> found = new ArrayList<>();
    blobs
        .tailMap(prefix)
        .forEach(
            (name, blob) -> {
              if (name.startsWith(prefix)) {
                found.add(blob.stat(name));
              }
            });
    return found;
  }

  @Override
  public void delete(String name) {
    blobs.remove(BlobNames.check(name));
  }

  /** Flips a bit of a blob, as a rotten disk would. */
  public void flipBit(String name, long bit) {
    blobs.computeIfPresent(
        name,
        (key, blob) -> {
          byte[] bytes = blob.bytes().clone();
          bytes[(int) (bit >> 3)] ^= (byte) (1 << (bit & 7));
          return new Blob(bytes, blob.writtenMs());
        });
  }

  /** Cuts a blob off. */
  public void truncate(String name, int size) {
    blobs.computeIfPresent(
        name, (key, blob) -> new Blob(Arrays.copyOf(blob.bytes(), size), blob.writtenMs()));
  }

  @Override
  public void close() {
    // The blobs stay.
  }

  @Override
  public String toString() {
    return "memory";
  }
}
