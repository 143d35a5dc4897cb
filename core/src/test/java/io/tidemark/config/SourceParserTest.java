package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceParserTest {
  private static Config config(String... keysAndValues) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "pricing");
    entries.put("task.inputs", "kafka.orders");
    entries.put("systems.kafka.factory", "kafka");
    entries.put("stores.prices.key.serde", "string");
    entries.put("stores.prices.msg.serde", "long");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      entries.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Config.of(entries);
  }

  private static String problems(String... keysAndValues) {
    return catchThrowableOfType(
            ConfigException.class, () -> JobSettings.parse(config(keysAndValues)))
        .getMessage();
  }

  private static StoreDefinition store(String... keysAndValues) {
    return JobSettings.parse(config(keysAndValues)).stores().get("prices");
  }

  @Test
  void a_source_is_named_by_its_id_and_waited_for_ten_minutes() {
    StoreDefinition store =
        store(
            "stores.prices.source", "kafka.prices", "streams.prices.physical.name", "prices-2026");
    assertThat(store.source())
        .isEqualTo(
            new StoreSource(
                new SystemStream("kafka", "prices-2026"),
                StoreSource.Mode.PARTITION,
                600_000,
                StoreSource.OnTimeout.FAIL));
    assertThat(store.isFedByPartition()).isTrue();
    assertThat(store.isBroadcast()).isFalse();
    assertThat(store().source()).isNull();
  }

  @Test
  void it_may_be_broadcast_and_not_be_waited_for() {
    StoreDefinition store =
        store(
            "stores.prices.source", "kafka.orders",
            "stores.prices.source.mode", "broadcast",
            "stores.prices.source.wait.ms", "0",
            "stores.prices.source.on.timeout", "proceed");
    assertThat(store.isBroadcast()).isTrue();
    assertThat(store.source().onTimeout()).isEqualTo(StoreSource.OnTimeout.PROCEED);
  }

  @Test
  void settings_of_a_source_without_one_are_refused() {
    assertThat(problems("stores.prices.source.wait.ms", "5"))
        .contains("stores.prices.source.wait.ms: no stream feeds the store");
    assertThat(problems("stores.prices.source", "kafak.prices"))
        .contains("stores.prices.source: kafak.prices: the system kafak is not defined");
  }

  @Test
  void a_stream_feeds_one_partitioned_store_and_is_no_input_besides() {
    assertThat(problems("stores.prices.source", "kafka.orders"))
        .contains("stores.prices.source: kafka.orders is an input of the job too");
    assertThat(
            problems(
                "stores.prices.source", "kafka.prices",
                "stores.other.source", "kafka.prices",
                "stores.other.key.serde", "string",
                "stores.other.msg.serde", "long"))
        .contains("kafka.prices feeds store other already");
  }

  @Test
  void a_source_is_read_from_its_beginning() {
    assertThat(
            problems(
                "stores.prices.source", "kafka.prices",
                "streams.prices.offset.default", "upcoming"))
        .contains("streams.prices.offset.default: is upcoming, but the stream feeds store prices");
  }

  @Test
  void what_makes_no_sense_for_a_broadcast_store_is_refused() {
    assertThat(
            problems(
                "stores.prices.source", "kafka.prices",
                "stores.prices.source.mode", "broadcast",
                "stores.prices.scope", "task",
                "stores.prices.cache", "off",
                "stores.prices.ttl.ms", "5",
                "streams.prices.on.error", "dead-letter"))
        .contains("has 4 problems")
        .contains("stores.prices.scope: ")
        .contains("stores.prices.cache: ")
        .contains("stores.prices.ttl.ms: ")
        .contains("streams.prices.on.error: is dead-letter");
  }
}
