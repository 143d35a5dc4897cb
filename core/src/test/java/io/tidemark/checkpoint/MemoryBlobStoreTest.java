package io.tidemark.checkpoint;

/** The memory store keeps the contract. */
class MemoryBlobStoreTest extends BlobStoreContract {
  private final MemoryBlobStore store = new MemoryBlobStore(System::currentTimeMillis);

  @Override
  protected BlobStore open() {
    return store;
  }
}
