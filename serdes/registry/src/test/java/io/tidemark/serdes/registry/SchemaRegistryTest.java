package io.tidemark.serdes.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchemaRegistryTest {
  private static final RegisteredSchema SCHEMA = RegistryContract.avro("{\"type\":\"string\"}");

  private final FakeRegistry server = new FakeRegistry();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void what_has_been_learned_is_not_asked_again() {
    SchemaRegistry registry = registry();
    int id = registry.register("a", SCHEMA);
    registry.register("a", SCHEMA);
    registry.byId(id);
    assertThat(server.requests()).containsExactly("POST /subjects/a/versions");

    SchemaRegistry other = registry();
    for (int i = 0; i < 3; i++) {
      other.byId(id);
      other.lookUp("a", SCHEMA);
    }
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void one_client_is_shared_by_all_who_have_the_same_settings() {
    assertThat(SchemaRegistry.shared(settings(server.url().toString())))
        .isSameAs(SchemaRegistry.shared(settings(server.url() + "/")));
  }

  @Test
  void what_may_pass_is_tried_again() {
    for (int status : new int[] {500, 503, 429}) {
      server.failNext(2, status);
      assertThat(registry().register("a", SCHEMA)).isEqualTo(1);
    }
  }

  @Test
  void a_registry_that_keeps_failing_is_named() {
    server.failNext(100, 503);
    assertThatThrownBy(() -> registry().byId(1))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith(
            "TM-4510: the schema registry at "
                + server.url()
                + " did not answer GET /schemas/ids/1 in 4 attempts (HTTP 503");
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void an_address_that_does_not_answer_is_passed_over() throws Exception {
    int deaf;
    try (ServerSocket socket = new ServerSocket(0)) {
      deaf = socket.getLocalPort();
    }
    String urls = "http://127.0.0.1:" + deaf + "," + server.url();
    assertThat(new SchemaRegistry(settings(urls)).register("a", SCHEMA)).isEqualTo(1);
    assertThatThrownBy(
            () -> new SchemaRegistry(settings("http://127.0.0.1:" + deaf)).register("a", SCHEMA))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("TM-4510: ");
  }

  @Test
  void credentials_are_sent_and_missing_ones_are_a_problem_of_the_configuration() {
    server.wantCredentials("ada:secret");
    RegistrySettings settings =
        settings(server.url().toString(), "registry.basic.auth", "ada:secret");
    assertThat(new SchemaRegistry(settings).register("a", SCHEMA)).isEqualTo(1);
    assertThat(settings.toString()).doesNotContain("secret");
    assertThatThrownBy(() -> registry().register("a", SCHEMA))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-4511: ")
        .hasMessageContaining("registry.basic.auth");
  }

  @Test
  void what_is_no_registry_is_named() {
    server.failNext(1, 200);
    assertThatThrownBy(() -> registry().byId(1))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("TM-4514: ");
  }

  @Test
  void a_schema_that_must_not_be_registered_has_to_be_there() {
    SchemaRegistry registry = registry();
    Config looksUp = Config.of(Map.of("subject", "a", "register", "false"));
    assertThatThrownBy(() -> SubjectSchema.of(registry, looksUp).id(SCHEMA))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-4513: ");
    int id = SubjectSchema.of(registry, Config.of(Map.of("subject", "a"))).id(SCHEMA);
    assertThat(SubjectSchema.of(registry, looksUp).id(SCHEMA)).isEqualTo(id);
    assertThatThrownBy(() -> SubjectSchema.of(registry, Config.of(Map.of())).id(SCHEMA))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1022: serializers.registry.<serde>.subject is missing");
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> RegistrySettings.of(Config.of(Map.of())))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1022: serializers.registry.<serde>.registry.url is missing");
    for (String url :
        List.of("localhost:8081", "ftp://a", "http://", "http://u:pw@a", "http://a b")) {
      assertThatThrownBy(() -> settings(url))
          .as(url)
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("TM-1022: ")
          .hasMessageNotContaining("pw");
    }
    assertThatThrownBy(() -> settings("http://a", "registry.basic.auth", "secret"))
        .hasMessageStartingWith("TM-1022: ")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> settings("http://a", "registry.attempts", "0"))
        .hasMessageStartingWith("TM-1022: ");
  }

  private SchemaRegistry registry() {
    return new SchemaRegistry(settings(server.url().toString()));
  }

  private static RegistrySettings settings(String url, String... keyAndValue) {
    Map<String, String> entries = new TreeMap<>(Map.of("registry.url", url));
    if (keyAndValue.length > 0) {
      entries.put(keyAndValue[0], keyAndValue[1]);
    }
    return RegistrySettings.of(Config.of(entries));
  }
}
