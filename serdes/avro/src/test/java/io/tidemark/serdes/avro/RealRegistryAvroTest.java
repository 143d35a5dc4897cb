package io.tidemark.serdes.avro;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.serdes.registry.RealRegistry;
import java.util.Map;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class RealRegistryAvroTest {

  @Test
  void a_record_is_read_with_the_schema_that_the_registry_has() {
    GenericRecord written = AvroObjects.everything(new Random(1));
    byte[] bytes = serde(AvroObjects.EVERYTHING.toString()).toBytes(written);
    assertThat(serde(AvroObjects.EVERYTHING.toString()).fromBytes(bytes)).isEqualTo(written);
    String narrower =
        "{\"type\":\"record\",\"name\":\"Everything\",\"namespace\":\"com.acme\",\"fields\":["
            + "{\"name\":\"big\",\"type\":\"double\"}]}";
    assertThat(serde(narrower).fromBytes(bytes).get("big"))
        .isEqualTo((double) (Long) written.get("big"));
  }

  @SuppressWarnings("unchecked")
  private static Serde<GenericRecord> serde(String schema) {
    return (Serde<GenericRecord>)
        new AvroRegistrySerdeFactory()
            .create(
                Config.of(
                    Map.of(
                        "registry.url",
                        RealRegistry.url().toString(),
                        "subject",
                        "everything-value",
                        "schema",
                        schema)));
  }
}
