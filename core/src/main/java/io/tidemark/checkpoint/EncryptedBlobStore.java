package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts all blobs of another store: contents, not names, which are hashes of the plain bytes or
 * numbers. What is read was written under this name by somebody with the master key, or else the
 * reader fails. {@link EncryptedBlob} is the format. Any thread may call it.
 */
public final class EncryptedBlobStore implements BlobStore {
  private static final int MOST_ATTEMPTS = 3;

  private final BlobStore store;
  private final BlobCipher cipher;

  /**
   * @param store what has the encrypted blobs; closed with this
   * @param keys the master keys
   */
  public EncryptedBlobStore(BlobStore store, KeyProvider keys) {
    this.store = store;
    this.cipher = new BlobCipher(keys, store.toString());
  }

  @Override
  public void put(String name, Source source) {
    BlobNames.check(name);
    store.put(name, encrypted(name, source));
  }

  private Source encrypted(String name, Source source) {
    return new Source() {
      @Override
      public long size() {
        return EncryptedBlob.sizeOf(source.size());
      }

      /** With another key each time, as the bytes might be others than the time before. */
      @Override
      public InputStream open() throws IOException {
        return new EncryptingStream(cipher.begin(name), source.open());
      }
    };
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    BlobNames.check(name);
    byte[] encrypted;
    try (InputStream in = encrypted(name, Source.of(bytes)).open()) {
      encrypted = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("encrypting bytes in memory", e);
    }
    while (!store.putIfAbsent(name, encrypted)) {
      try {
        return Arrays.equals(read(name), bytes);
      } catch (BlobStoreException e) {
        if (!e.code().equals(BlobStoreException.NOT_FOUND)) {
          throw e;
        }
      }
    }
    return true;
  }

  @Override
  public InputStream open(String name, long from) {
    for (int attempt = 1; ; attempt++) {
      try {
        return openOnce(name, from);
      } catch (BlobStoreException e) {
        // Between header and chunk the blob may have been replaced by one with another key.
        if (!e.code().equals(BlobStoreException.TAMPERED)
            || from < EncryptedBlob.CHUNK_BYTES
            || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      } catch (IOException e) {
        throw new BlobStoreException(
            BlobStoreException.UNREACHABLE, "the blob " + name + " cannot be read: " + e, e);
      }
    }
  }

  private InputStream openOnce(String name, long from) throws IOException {
    InputStream bytes = store.open(BlobNames.check(name), 0);
    boolean opened = false;
    try {
      BlobCipher.Opened key = cipher.open(name, bytes);
      long chunk = from / EncryptedBlob.CHUNK_BYTES;
      if (chunk > 0) {
        bytes.close();
        chunk = Math.min(chunk, lastChunk(name));
        bytes = store.open(name, EncryptedBlob.startOf(chunk));
      }
      DecryptingStream plain = new DecryptingStream(key, bytes, chunk);
      plain.skipUpTo(from - chunk * EncryptedBlob.CHUNK_BYTES);
      opened = true;
      return plain;
    } finally {
      if (!opened) {
        closeQuietly(bytes);
      }
    }
  }

  /**
   * Behind the end of a blob its last chunk is read, so that a blob that was cut off is told from
   * one that ends there.
   */
  private long lastChunk(String name) {
    Stat stat = store.stat(name);
    if (stat == null) {
      throw BlobStoreException.notFound(name, store, null);
    }
    return EncryptedBlob.lastChunk(stat.size());
  }

  private static void closeQuietly(InputStream bytes) {
    try {
      bytes.close();
    } catch (IOException e) {
      // Another failure is on its way already.
    }
  }

  /** The size of a blob is that of its plain bytes. */
  @Override
  public @Nullable Stat stat(String name) {
    Stat stat = store.stat(name);
    return stat == null ? null : plain(stat);
  }

  @Override
  public List<Stat> list(String prefix) {
    List<Stat> listed = new ArrayList<>();
    store.list(prefix).forEach(stat -> listed.add(plain(stat)));
    return listed;
  }

  private static Stat plain(Stat stat) {
    return new Stat(stat.name(), EncryptedBlob.plainSizeOf(stat.size()), stat.written());
  }

  @Override
  public void delete(String name) {
    store.delete(name);
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return store + " (encrypted)";
  }
}
