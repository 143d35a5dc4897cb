package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {

  @Test
  void secrets_are_never_printed() {
    Config config =
        Config.of(
            Map.of(
                "systems.kafka.consumer.ssl.keystore.PASSWORD", "hunter2",
                "systems.kafka.consumer.sasl.jaas.config", "hunter2",
                "app.api.token", "hunter2",
                "app.clientSecret", "hunter2",
                "job.name", "traffic"));

    assertThat(config.toString())
        .doesNotContain("hunter2")
        .contains("job.name=traffic", "app.api.token=[hidden]");
    assertThat(config.get("app.api.token")).isEqualTo("hunter2");
    assertThat(Config.of(Map.of("app.token", "hunter2")).subset("app.").toString())
        .doesNotContain("hunter2");
    assertThatThrownBy(() -> config.getInt("app.api.token", 0)).message().doesNotContain("hunter2");
  }

  @Test
  void a_file_is_read_as_utf_8_and_values_are_trimmed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("job.properties"), "job.name = küche  \na=1, 2\n");
    Config config = Config.load(file);

    assertThat(config).containsExactly(Map.entry("a", "1, 2"), Map.entry("job.name", "küche"));
    assertThat(config.getList("a")).isEqualTo(List.of("1", "2"));
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThatThrownBy(() -> Config.load(Path.of("no", "such.properties")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1001")
        .hasMessageContaining(Path.of("no", "such.properties").toAbsolutePath().toString());
  }

  @Test
  void a_number_that_is_none_is_named_with_its_key() {
    assertThatThrownBy(() -> Config.of(Map.of("app.limit", "few")).getLong("app.limit", 1))
        .hasMessageStartingWith("TM-1004: app.limit=few");
  }
}
