package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.state.EngineCommit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Sets a database's files apart while it goes on: table files are linked, the manifest is copied up
 * to where it describes them. Memtables are left out; as families are only flushed together, what
 * the files hold is one commit over all families.
 *
 * <p>RocksDB says under its own lock which files are live, and how long the manifest was then.
 * Until they are linked it deletes none.
 */
final class FrozenFiles {
  private static final String MANIFEST = "MANIFEST-";

  private FrozenFiles() {}

  /** Links and copies into an empty directory; called within the database's gate. */
  static void link(RocksDB rocks, Path from, Path into) throws RocksDBException, IOException {
    rocks.disableFileDeletions();
    try {
      RocksDB.LiveFiles live = rocks.getLiveFiles(false);
      for (String file : live.files) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        if (name.endsWith(".sst") || name.endsWith(".blob")) {
          link(from.resolve(name), into.resolve(name));
        } else if (name.startsWith(MANIFEST)) {
          copy(from.resolve(name), into.resolve(name), live.manifestFileSize);
          // Not the file of that name, which may already name a later manifest.
          Files.write(into.resolve("CURRENT"), (name + "\n").getBytes(UTF_8));
        }
      }
    } finally {
      rocks.enableFileDeletions();
    }
  }

  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(from, to); // not every file system has links
    }
  }

  private static void copy(Path from, Path to, long size) throws IOException {
    try (InputStream in = Files.newInputStream(from);
        OutputStream out = Files.newOutputStream(to)) {
      byte[] buffer = new byte[1 << 16];
      for (long left = size; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (read < 0) {
          throw new IOException(from + " is shorter than the " + size + " bytes that RocksDB says");
        }
        out.write(buffer, 0, read);
        left -= read;
      }
    }
  }

  /** The commit that the files in a directory equal. */
  static EngineCommit commit(String task, Path directory) throws RocksDBException {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions().setMaxOpenFiles(4);
        RocksDB files =
            RocksDB.openReadOnly(
                options,
                directory.toString(),
                List.of(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY)),
                handles)) {
      byte[] value = files.get(handles.get(0), RocksDbEngine.COMMIT_KEY);
      handles.forEach(ColumnFamilyHandle::close);
      if (value == null) {
        return EngineCommit.NONE;
      }
      if (value.length != 2 * Long.BYTES) {
        throw new Failures(task, directory)
            .damaged("", "the commit it equals has " + value.length + " bytes, not 16", null);
      }
      ByteBuffer buffer = ByteBuffer.wrap(Objects.requireNonNull(value));
      return new EngineCommit(buffer.getLong(), buffer.getLong());
    }
  }
}
