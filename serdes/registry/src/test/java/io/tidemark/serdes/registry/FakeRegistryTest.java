package io.tidemark.serdes.registry;

import java.net.URI;
import org.junit.jupiter.api.AfterEach;

class FakeRegistryTest extends RegistryContract {
  private final FakeRegistry registry = new FakeRegistry();

  @Override
  URI url() {
    return registry.url();
  }

  @AfterEach
  void close() {
    registry.close();
  }
}
