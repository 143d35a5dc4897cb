package io.tidemark.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file of entries with a checksum, written and read from front to back. Numbers are big-endian.
 *
 * <pre>
 *   file  := "TMENTRY1" entry* -1 (i32) 0 (i32) count (i64) checksum (i64)
 *   entry := length of the key (i32) length of the value (i32) key value
 * </pre>
 *
 * <p>The checksum is the CRC-32C of all before it. Confined to one thread.
 */
final class EntryFile {
  private static final byte[] MAGIC = "TMENTRY1".getBytes(UTF_8);
  private static final int END = -1;
  private static final int BUFFER = 1 << 17;

  private EntryFile() {}

  static long number(byte[] bytes) throws IOException {
    if (bytes.length != Long.BYTES) {
      throw new IOException("a number has " + bytes.length + " bytes");
    }
    return ByteBuffer.wrap(bytes).getLong();
  }

  static String name(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  /** Writes a file; what it wrote is whole once it was closed. */
  static final class Writer implements AutoCloseable {
    private final CheckedOutputStream checked;
    private final DataOutputStream out;
    private long count;

    Writer(Path file) throws IOException {
      checked =
          new CheckedOutputStream(
              new BufferedOutputStream(Files.newOutputStream(file), BUFFER), new CRC32C());
      out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER));
      out.write(MAGIC);
    }

    void add(byte[] key, byte[] value) throws IOException {
      out.writeInt(key.length);
      out.writeInt(value.length);
      out.write(key);
      out.write(value);
      count++;
    }

    void addNumbers(long key, long value) throws IOException {
      add(
          ByteBuffer.allocate(Long.BYTES).putLong(key).array(),
          ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    void addName(String key, String value) throws IOException {
      add(key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
      try (DataOutputStream closed = out) {
        closed.writeInt(END);
        closed.writeInt(0);
        closed.writeLong(count);
        closed.flush();
        closed.writeLong(checked.getChecksum().getValue());
      }
    }
  }

  /** Reads a file; what is not whole is an {@link IOException}, at its end at the latest. */
  static final class Reader implements AutoCloseable {
    private final Path file;
    private final long size;
    private final CheckedInputStream checked;
    private final DataInputStream in;
    private final ByteBuffer lengths = ByteBuffer.allocate(2 * Integer.BYTES);
    private long count;
    private byte[] key = new byte[0];
    private byte[] value = new byte[0];

    Reader(Path file) throws IOException {
      this.file = file;
      size = Files.size(file);
      checked =
          new CheckedInputStream(
              new BufferedInputStream(Files.newInputStream(file), BUFFER), new CRC32C());
      in = new DataInputStream(checked);
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        in.close();
        throw new IOException(file + " does not begin as it must");
      }
    }

    /** Goes to the next entry; false at the end. */
    boolean next() throws IOException {
      try {
        in.readFully(lengths.array());
        int keyLength = lengths.getInt(0);
        int valueLength = lengths.getInt(Integer.BYTES);
        if (keyLength == END) {
          checkEnd();
          return false;
        }
        if (keyLength < 0 || valueLength < 0 || (long) keyLength + valueLength > size) {
          throw new IOException(file + " has an entry that is longer than the file");
        }
        key = in.readNBytes(keyLength);
        value = in.readNBytes(valueLength);
        if (key.length < keyLength || value.length < valueLength) {
          throw new EOFException();
        }
        count++;
        return true;
      } catch (EOFException e) {
        throw new IOException(file + " ends too early", e);
      }
    }

    private void checkEnd() throws IOException {
      long expectedCount = in.readLong();
      long found = checked.getChecksum().getValue();
      long expected = in.readLong();
      if (found != expected || count != expectedCount) {
        throw new IOException(
            String.format(
                "%s has %d entries and the checksum %x, and should have %d and %x",
                file, count, found, expectedCount, expected));
      }
    }

    /** The key of the entry it is at, which the caller may keep. */
    byte[] key() {
      return key;
    }

    /** The value of the entry it is at, which the caller may keep. */
    byte[] value() {
      return value;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
