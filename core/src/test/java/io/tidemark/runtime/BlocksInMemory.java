package io.tidemark.runtime;

import io.tidemark.journal.Block;
import java.util.List;
import java.util.function.Consumer;

/** Blocks of a snapshot that has no files. */
record BlocksInMemory(List<Block> blocks) implements SnapshotSource.Fetched.Blocks {
  @Override
  public void replay(Consumer<Block> action) {
    blocks.forEach(action);
  }

  @Override
  public void close() {}
}
