package io.tidemark.checkpoint;

import io.tidemark.checkpoint.BlobStore.Source;
import java.nio.file.Path;
import java.util.Arrays;

/** A process that writes to a file system store until a failpoint halts it. */
final class PuttingProcess {
  static final int SIZE = 3_000_000;

  private PuttingProcess() {}

  static byte[] content(int version) {
    byte[] bytes = new byte[SIZE + version];
    Arrays.fill(bytes, (byte) version);
    return bytes;
  }

  /** Argument: the directory. */
  public static void main(String[] arguments) {
    BlobStore store = new FileBlobStore(Path.of(arguments[0]), System::currentTimeMillis);
    store.put("blobs/ab/replaced", Source.of(content(2)));
    store.put("blobs/cd/new", Source.of(content(3)));
    store.putIfAbsent("checkpoints/000000000001/manifest", content(4));
    store.delete("blobs/ef/deleted");
  }
}
