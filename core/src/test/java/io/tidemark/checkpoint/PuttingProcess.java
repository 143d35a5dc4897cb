package io.tidemark.checkpoint;

import io.tidemark.checkpoint.BlobStore.Source;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A process that writes to a blob store, and collects, until a failpoint halts it. Arguments: the
 * size of its blobs, the store's type, and its properties as {@code KEY=VALUE}.
 */
public final class PuttingProcess {
  static final String JOB = "totals-1";
  static final String MANIFEST = "checkpoints/000000000001/manifest";

  private PuttingProcess() {}

  /** Something of about that size that tells its version. */
  static byte[] content(int size, int version) {
    byte[] bytes = new byte[size + version];
    Arrays.fill(bytes, (byte) version);
    return bytes;
  }

  /** Runs it. */
  public static void main(String[] arguments) {
    int size = Integer.parseInt(arguments[0]);
    Map<String, String> properties = new HashMap<>();
    for (String property : List.of(arguments).subList(2, arguments.length)) {
      int equals = property.indexOf('=');
      properties.put(property.substring(0, equals), property.substring(equals + 1));
    }
    try (BlobStore store = BlobStores.open(arguments[1], properties, Map.of(), JOB)) {
      store.put("blobs/ab/replaced", Source.of(content(size, 2)));
      store.put("blobs/cd/new", Source.of(content(size, 3)));
      store.putIfAbsent(
          MANIFEST,
          ManifestCodec.encode(
              CatalogTest.manifest(1, "", List.of("blobs/ab/replaced", "blobs/cd/new"))));
      new Collector(store, new Catalog(store)).collect(Set.of(), Duration.ZERO, () -> true);
    }
  }
}
