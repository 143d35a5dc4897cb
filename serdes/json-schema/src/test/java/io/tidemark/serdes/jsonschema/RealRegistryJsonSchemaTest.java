package io.tidemark.serdes.jsonschema;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.serdes.registry.RealRegistry;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RealRegistryJsonSchemaTest {

  @Test
  void a_record_is_held_to_the_schema_that_the_registry_has() {
    String schema =
        "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\"}";
    Config reads = Config.of(Map.of("registry.url", RealRegistry.url().toString()));
    Config writes = reads.with(Map.of("subject", "things-value", "schema", schema));
    byte[] bytes = serde(writes).toBytes(Map.of("a", 1));
    assertThat(serde(reads).fromBytes(bytes)).isEqualTo(Map.of("a", 1));
  }

  @SuppressWarnings("unchecked")
  private static Serde<Object> serde(Config config) {
    return (Serde<Object>) new JsonSchemaRegistrySerdeFactory().create(config);
  }
}
