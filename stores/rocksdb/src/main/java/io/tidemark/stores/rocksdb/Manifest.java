package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks at a database's manifest before RocksDB does, for the one damage over which RocksDB never
 * ends: a record whose type says that the file is a recycled one, which a manifest never is. By one
 * bit each ordinary type becomes such a one, and the checksums of such records are not looked at.
 *
 * <p>A manifest is in blocks of 32 KiB, in which records follow one another, each with a header of
 * seven bytes: checksum (4), length (2, the low byte first), type (1).
 */
final class Manifest {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int HEADER_BYTES = 7;
  private static final int FIRST_RECYCLED = 5;
  private static final int LAST_RECYCLED = 8;

  private Manifest() {}

  /**
   * Checks the current manifest of the database in a directory.
   *
   * @throws io.tidemark.api.StateException (TM-3003) if it has a record of a recycled file
   */
  static void check(Path directory, Failures failures) {
    try {
      String name = Files.readString(directory.resolve("CURRENT"), UTF_8).strip();
      Path manifest = directory.resolve(name);
      if (name.startsWith("MANIFEST-") && hasRecycledRecords(manifest)) {
        throw failures.damaged("", "a record of " + name + " is of a type that cannot be", null);
      }
    } catch (IOException | IllegalArgumentException e) {
      return; // what is missing or cannot be read, RocksDB tells
    }
  }

  private static boolean hasRecycledRecords(Path manifest) throws IOException {
    try (InputStream file = Files.newInputStream(manifest);
        DataInputStream bytes = new DataInputStream(new BufferedInputStream(file, BLOCK_BYTES))) {
      int left = BLOCK_BYTES;
      while (true) {
        if (left < HEADER_BYTES) {
          bytes.skipNBytes(left);
          left = BLOCK_BYTES;
        }
        bytes.skipNBytes(4);
        int length = bytes.readUnsignedByte() | bytes.readUnsignedByte() << 8;
        int type = bytes.readUnsignedByte();
        if (type >= FIRST_RECYCLED && type <= LAST_RECYCLED) {
          return true;
        }
        left -= HEADER_BYTES + length;
        if (left < 0) {
          return false; // the length is wrong, and so will be the checksum
        }
        bytes.skipNBytes(length);
      }
    } catch (EOFException end) {
      return false;
    }
  }
}
