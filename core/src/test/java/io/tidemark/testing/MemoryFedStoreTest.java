package io.tidemark.testing;

class MemoryFedStoreTest extends FedStoreContract {
  @Override
  protected String engine() {
    return "memory";
  }
}
