package io.tidemark.serdes.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link SchemaRegistry} expects of every registry. */
abstract class RegistryContract {
  private static final RegisteredSchema FIRST =
      avro(
          "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"int\"}]}");
  private static final RegisteredSchema SECOND =
      avro(
          "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}");

  /** Under a name of its own, for the registry is the same for all tests. */
  private final String subject = "orders " + UUID.randomUUID() + "/ü-value";

  private SchemaRegistry registry;

  abstract URI url();

  @BeforeEach
  void connect() {
    registry = client();
  }

  private SchemaRegistry client() {
    return new SchemaRegistry(
        new RegistrySettings(List.of(url()), null, Duration.ofSeconds(20), 2));
  }

  static RegisteredSchema avro(String text) {
    return new RegisteredSchema(SchemaKind.AVRO, text);
  }

  @Test
  void a_registered_schema_is_found_by_its_id() {
    int id = registry.register(subject, FIRST);
    assertThat(client().byId(id)).contains(FIRST);
    assertThat(client().byId(id + 1_000_000)).isEmpty();
  }

  @Test
  void the_same_schema_has_the_same_id_however_often_it_is_registered() {
    int id = registry.register(subject, FIRST);
    assertThat(client().register(subject, FIRST)).isEqualTo(id);
    assertThat(client().register(subject + "-other", FIRST)).isEqualTo(id);
    assertThat(registry.register(subject, SECOND)).isNotEqualTo(id);
  }

  @Test
  void a_schema_is_looked_up_under_its_subject() {
    assertThat(registry.lookUp(subject, FIRST)).isEmpty();
    int id = registry.register(subject, FIRST);
    assertThat(registry.lookUp(subject, FIRST)).contains(new SubjectVersion(id, subject, 1));
    assertThat(registry.lookUp(subject, SECOND)).isEmpty();
    int second = registry.register(subject, SECOND);
    assertThat(registry.lookUp(subject, SECOND)).contains(new SubjectVersion(second, subject, 2));
  }

  @Test
  void the_newest_version_of_a_subject_is_told() {
    assertThat(registry.latest(subject)).isEmpty();
    registry.register(subject, FIRST);
    int id = registry.register(subject, SECOND);
    assertThat(registry.latest(subject)).contains(new SubjectVersion(id, subject, 2));
  }

  @Test
  void an_incompatible_version_is_refused() throws Exception {
    assertThat(registry.isCompatible(subject, FIRST)).isTrue();
    registry.register(subject, FIRST);
    wantBackwardCompatibility();
    assertThat(registry.isCompatible(subject, SECOND)).isTrue();
    RegisteredSchema other = avro("{\"type\":\"string\"}");
    assertThat(registry.isCompatible(subject, other)).isFalse();
    assertThatThrownBy(() -> registry.register(subject, other))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-4512: ")
        .hasMessageContaining(subject)
        .hasMessageContaining("HTTP 409");
  }

  private void wantBackwardCompatibility() throws Exception {
    String path = "/config/" + URLEncoder.encode(subject, UTF_8).replace("+", "%20");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(BodyPublishers.ofString("{\"compatibility\":\"BACKWARD\"}"))
            .build();
    assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void what_is_no_schema_is_refused() {
    assertThatThrownBy(() -> registry.register(subject, avro("{\"typ")))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-4512: ")
        .hasMessageContaining("HTTP 422");
  }

  @Test
  void schemas_of_other_kinds_keep_their_kind() {
    RegisteredSchema json =
        new RegisteredSchema(
            SchemaKind.JSON,
            "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}");
    RegisteredSchema protobuf =
        new RegisteredSchema(SchemaKind.PROTOBUF, "syntax = \"proto3\";\nmessage A {}\n");
    assertThat(client().byId(registry.register(subject + "j", json)).orElseThrow().kind())
        .isEqualTo(SchemaKind.JSON);
    assertThat(client().byId(registry.register(subject + "p", protobuf)).orElseThrow().kind())
        .isEqualTo(SchemaKind.PROTOBUF);
  }

  @Test
  void a_schema_keeps_its_references() {
    String name = "imported" + UUID.randomUUID() + ".proto";
    RegisteredSchema imported =
        new RegisteredSchema(
            SchemaKind.PROTOBUF, "syntax = \"proto3\";\npackage lib;\nmessage A {}\n");
    registry.register(name, imported);
    RegisteredSchema schema =
        new RegisteredSchema(
            SchemaKind.PROTOBUF,
            "syntax = \"proto3\";\nimport \"" + name + "\";\nmessage B {\n  lib.A a = 1;\n}\n",
            List.of(new SchemaReference(name, name, 1)));
    RegisteredSchema found = client().byId(registry.register(subject, schema)).orElseThrow();
    assertThat(found.references()).isEqualTo(schema.references());
    assertThat(client().referred(found))
        .extracting(RegisteredSchema::text)
        .containsExactly(imported.text());
  }
}
