package io.tidemark.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * The files of one of a task's engines, and the commit that they equal.
 *
 * @param type the engine's type, such as {@code rocksdb}
 * @param commit the number of that commit, which may be before the cut
 * @param files the engine's files
 * @param digests for each store and slot that is not empty, a digest of its entries at that commit
 */
public record EngineManifest(
    String type, long commit, List<FileRef> files, Map<String, Map<Integer, SlotDigest>> digests) {
  public EngineManifest {
    files = List.copyOf(files);
    digests = Map.copyOf(digests);
  }
}
