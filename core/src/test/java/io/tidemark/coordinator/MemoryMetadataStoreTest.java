package io.tidemark.coordinator;

class MemoryMetadataStoreTest extends MetadataStoreContract {
  private final MetadataStore store = new MemoryMetadataStore();

  @Override
  MetadataStore open() {
    return store;
  }
}
