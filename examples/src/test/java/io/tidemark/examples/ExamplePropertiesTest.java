package io.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.SystemStream;
import io.tidemark.config.ErrorPolicy;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreScope;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplePropertiesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "customer-totals",
        "website-traffic",
        "order-enrichment",
        "stock-prices",
        "word-counts"
      })
  void theFileIsAValidConfigurationOfTheJobItIsNamedAfter(String job) throws Exception {
    JobSettings settings = JobSettings.parseWithTaskClass(config(job));

    assertThat(settings.name()).isEqualTo(job);
    assertThat(settings.stores()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "customer-totals",
        "website-traffic",
        "order-enrichment",
        "stock-prices",
        "word-counts"
      })
  void theSerdesOfStoresCanBeMade(String job) throws Exception {
    Config config = config(job);
    Serdes serdes = new Serdes(config);

    for (StoreDefinition store : JobSettings.parseWithTaskClass(config).stores().values()) {
      assertThat(serdes.create("the key serde of " + store.name(), store.keySerde())).isNotNull();
      assertThat(serdes.create("the value serde of " + store.name(), store.msgSerde())).isNotNull();
    }
  }

  @Test
  void malformedLogLinesGoToTheDeadLetterStream() throws Exception {
    JobSettings settings = JobSettings.parseWithTaskClass(config("website-traffic"));

    assertThat(settings.stream(new SystemStream("kafka", "access-log")))
        .satisfies(
            input -> {
              assertThat(input.onError()).isEqualTo(ErrorPolicy.DEAD_LETTER);
              assertThat(input.deadLetter())
                  .isEqualTo(new SystemStream("kafka", "access-log-rejected"));
            });
  }

  /** Paths do not key the input, so entries of pages cannot follow the input's keys. */
  @Test
  void pagesBelongToTheirTask() throws Exception {
    JobSettings settings = JobSettings.parseWithTaskClass(config("website-traffic"));

    assertThat(settings.stores().get("pages").scope()).isEqualTo(StoreScope.TASK);
    assertThat(settings.stores().get("visitors").scope()).isEqualTo(StoreScope.PARTITION);
  }

  private static Config config(String job) throws URISyntaxException {
    return Config.load(
        Path.of(ExamplePropertiesTest.class.getResource("/" + job + ".properties").toURI()));
  }
}
