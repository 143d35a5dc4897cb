package io.tidemark.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durable storage of named, immutable blobs: a file system, HDFS, S3. Any thread may call it; calls
 * block.
 *
 * <p>A blob is there whole or not at all, also if the process that writes it dies on the way, and
 * survives the loss of any one machine that the store promises to survive. Names are relative paths
 * of {@code [A-Za-z0-9._/-]}, without empty parts or parts that begin with a dot ({@link
 * BlobNames}); no name is the directory of another one.
 *
 * <p>All methods throw {@link BlobStoreException}: (TM-8101) the store cannot be reached, after the
 * implementation's own retries; (TM-8102) the blob is not there; (TM-8103) the store is full;
 * (TM-8104) it does not permit this; (TM-8106) the bytes to write cannot be read.
 */
public interface BlobStore extends AutoCloseable {

  /**
   * Writes a blob; one that is there under the name is replaced. When this returns the blob is
   * durable and every later {@link #open} sees it.
   */
  void put(String name, Source source);

  /**
   * Writes a small blob unless there is one of that name. Of several writers at the same time
   * exactly one succeeds; one whose response was lost and that tries again with the same bytes
   * succeeds too.
   *
   * @return whether the blob is there with these bytes; false if it is there with others
   */
  boolean putIfAbsent(String name, byte[] bytes);

  /**
   * Reads a blob. The stream is not buffered; if the blob is replaced or deleted meanwhile, it goes
   * on with the former bytes or fails, and never mixes two blobs.
   *
   * @param from the first byte to read; nothing is left from the blob's size on
   */
  InputStream open(String name, long from);

  /** What is known of a blob; null if there is none. */
  @Nullable Stat stat(String name);

  /**
   * The blobs whose names begin with a prefix that is empty or ends with a slash, in the order of
   * names. May miss what was written or show what was deleted a short time ago.
   */
  List<Stat> list(String prefix);

  /** Deletes a blob; nothing if there is none. */
  void delete(String name);

  @Override
  void close();

  /**
   * A blob.
   *
   * @param name its name
   * @param size in bytes
   * @param written when it was last written, by the store's clock
   */
  record Stat(String name, long size, Instant written) {}

  /** What a blob is written from; may be opened several times, as writing is tried again. */
  interface Source {
    /** How many bytes there are. */
    long size();

    /** A stream of all of them, which the caller closes. */
    InputStream open() throws IOException;

    /** Bytes in memory. */
    static Source of(byte[] bytes) {
      return new Source() {
        @Override
        public long size() {
          return bytes.length;
        }

        @Override
        public InputStream open() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }

    /** A file, which does not change any more. */
    static Source of(Path file) throws IOException {
      long size = Files.size(file);
      return new Source() {
        @Override
        public long size() {
          return size;
        }

        @Override
        public InputStream open() throws IOException {
          return new FileInputStream(file.toFile());
        }
      };
    }
  }

  /**
   * All bytes of a small blob.
   *
   * @throws BlobStoreException (TM-8102) if there is none of that name; (TM-8101) if reading it
   *     breaks off
   */
  default byte[] read(String name) {
    try (InputStream bytes = open(name, 0)) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new BlobStoreException(
          BlobStoreException.UNREACHABLE, "reading the blob " + name + " broke off: " + e, e);
    }
  }
}
