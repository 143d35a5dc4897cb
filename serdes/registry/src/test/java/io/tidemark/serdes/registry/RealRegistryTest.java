package io.tidemark.serdes.registry;

import java.net.URI;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class RealRegistryTest extends RegistryContract {
  @Override
  URI url() {
    return RealRegistry.url();
  }
}
