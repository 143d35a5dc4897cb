package io.tidemark.serdes.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.api.ConfigException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A schema registry that speaks the Confluent REST protocol: Confluent's own, Karapace, Apicurio
 * (its path {@code /apis/ccompat/v7}), Redpanda's.
 *
 * <p>What has been learned never changes, and is kept: the schema of an id, and the id of a schema
 * under a subject. Any thread may call it; a call waits for the registry where nothing is kept yet.
 *
 * <p>All methods throw {@link RegistryException} (TM-4510: no answer; TM-4514: an answer that the
 * protocol does not know) and {@link ConfigException} (TM-4511: the registry refuses the
 * credentials).
 */
public final class SchemaRegistry {
  private static final Map<RegistrySettings, SchemaRegistry> SHARED = new ConcurrentHashMap<>();

  private final RegistrySettings settings;
  private final RegistryConnection connection;
  private final Map<Integer, RegisteredSchema> byId = new ConcurrentHashMap<>();
  private final Map<Entry, SubjectVersion> versions = new ConcurrentHashMap<>();
  private final Map<Entry, Integer> ids = new ConcurrentHashMap<>();

  private record Entry(String subject, RegisteredSchema schema) {}

  /** A client that has learned nothing yet. */
  public SchemaRegistry(RegistrySettings settings) {
    this.settings = settings;
    this.connection = new RegistryConnection(settings);
  }

  /** The client of these settings, one in the process, so that all tasks learn together. */
  public static SchemaRegistry shared(RegistrySettings settings) {
    return SHARED.computeIfAbsent(settings, SchemaRegistry::new);
  }

  /**
   * Registers a schema as the newest version of a subject, unless it is one of its versions.
   *
   * @return its id
   * @throws ConfigException (TM-4512) if the registry does not take it: it is not compatible with
   *     the versions before it, or not a schema
   */
  public int register(String subject, RegisteredSchema schema) {
    Entry entry = new Entry(subject, schema);
    Integer known = ids.get(entry);
    if (known != null) {
      return known;
    }
    String path = "/subjects/" + encode(subject) + "/versions";
    RegistryAnswer answer = connection.post(path, request(schema));
    if (answer.status() == 409 || answer.status() == 422) {
      throw new ConfigException(
          "TM-4512",
          settings
              + " does not take the schema as a new version of "
              + subject
              + " ("
              + answer.problem()
              + "). Change the schema so that it is compatible, or the subject's compatibility");
    }
    int id = number(require(answer, path), "id");
    ids.put(entry, id);
    byId.putIfAbsent(id, schema);
    return id;
  }

  /** A schema by its id; empty if there is none. */
  public Optional<RegisteredSchema> byId(int id) {
    RegisteredSchema known = byId.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    String path = "/schemas/ids/" + id;
    RegistryAnswer answer = connection.get(path);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    RegisteredSchema schema = schema(require(answer, path));
    byId.put(id, schema);
    return Optional.of(schema);
  }

  /**
   * The schemas that a schema refers to, and those that they refer to: each once, after those that
   * it refers to itself.
   *
   * @throws RegistryException (TM-4514) if the registry does not have one
   */
  public List<RegisteredSchema> referred(RegisteredSchema schema) {
    Map<SchemaReference, RegisteredSchema> found = new LinkedHashMap<>();
    addReferred(schema, found, new HashSet<>());
    return List.copyOf(found.values());
  }

  /**
   * The schema that a reference is to. Always asked for.
   *
   * @throws RegistryException (TM-4514) if the registry does not have it
   */
  public RegisteredSchema referred(SchemaReference reference) {
    String path = "/subjects/" + encode(reference.subject()) + "/versions/" + reference.version();
    return schema(require(connection.get(path), path));
  }

  private void addReferred(
      RegisteredSchema schema,
      Map<SchemaReference, RegisteredSchema> found,
      Set<SchemaReference> met) {
    for (SchemaReference reference : schema.references()) {
      if (met.add(reference)) {
        RegisteredSchema referred = referred(reference);
        addReferred(referred, found, met);
        found.put(reference, referred);
      }
    }
  }

  /** Where a schema is registered under a subject; empty if it is not. */
  public Optional<SubjectVersion> lookUp(String subject, RegisteredSchema schema) {
    Entry entry = new Entry(subject, schema);
    SubjectVersion known = versions.get(entry);
    if (known != null) {
      return Optional.of(known);
    }
    String path = "/subjects/" + encode(subject);
    RegistryAnswer answer = connection.post(path, request(schema));
    if (answer.status() == 404) {
      return Optional.empty();
    }
    SubjectVersion version = version(require(answer, path));
    versions.put(entry, version);
    return Optional.of(version);
  }

  /** The newest version of a subject; empty if it has none. Always asked for. */
  public Optional<SubjectVersion> latest(String subject) {
    String path = "/subjects/" + encode(subject) + "/versions/latest";
    RegistryAnswer answer = connection.get(path);
    return answer.status() == 404 ? Optional.empty() : Optional.of(version(require(answer, path)));
  }

  /** Whether a schema could become the next version of a subject. Always asked for. */
  public boolean isCompatible(String subject, RegisteredSchema schema) {
    String path = "/compatibility/subjects/" + encode(subject) + "/versions/latest";
    RegistryAnswer answer = connection.post(path, request(schema));
    if (answer.status() == 404) {
      return true; // there is no version before it
    }
    JsonNode compatible = require(answer, path).path("is_compatible");
    if (!compatible.isBoolean()) {
      throw unexpected(path, answer);
    }
    return compatible.booleanValue();
  }

  private static SubjectVersion version(JsonNode body) {
    return new SubjectVersion(
        number(body, "id"), body.path("subject").asText(), number(body, "version"));
  }

  private static RegisteredSchema schema(JsonNode body) {
    String kind = body.path("schemaType").asText(SchemaKind.AVRO.name());
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode reference : body.path("references")) {
      references.add(
          new SchemaReference(
              reference.path("name").asText(),
              reference.path("subject").asText(),
              number(reference, "version")));
    }
    JsonNode text = body.path("schema");
    try {
      if (text.isTextual()) {
        return new RegisteredSchema(SchemaKind.valueOf(kind), text.textValue(), references);
      }
    } catch (IllegalArgumentException e) {
      // a kind that the protocol does not know: the message below has it
    }
    throw unexpected("a schema", body);
  }

  private static ObjectNode request(RegisteredSchema schema) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("schema", schema.text());
    if (schema.kind() != SchemaKind.AVRO) {
      request.put("schemaType", schema.kind().name());
    }
    if (!schema.references().isEmpty()) {
      ArrayNode references = request.putArray("references");
      for (SchemaReference reference : schema.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    return request;
  }

  private JsonNode require(RegistryAnswer answer, String path) {
    if (answer.status() == 401 || answer.status() == 403) {
      throw new ConfigException(
          "TM-4511",
          settings
              + " refuses "
              + path
              + " ("
              + answer.problem()
              + "); set serializers.registry.<serde>.registry.basic.auth, or have the user be"
              + " allowed this");
    }
    if (!answer.isSuccess() || !answer.body().isObject()) {
      throw unexpected(path, answer);
    }
    return answer.body();
  }

  private RegistryException unexpected(String path, RegistryAnswer answer) {
    return new RegistryException(
        "TM-4514",
        settings
            + " answered "
            + path
            + " with what its protocol does not know ("
            + answer.problem()
            + "); is registry.url that of a schema registry, with its path?",
        null);
  }

  private static RegistryException unexpected(String what, JsonNode body) {
    return new RegistryException(
        "TM-4514", "the schema registry answered with " + body + ", which is not " + what, null);
  }

  private static int number(JsonNode body, String field) {
    JsonNode number = body.path(field);
    if (!number.isInt()) {
      throw unexpected("JSON with a number " + field, body);
    }
    return number.intValue();
  }

  private static String encode(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Where the registry is. */
  @Override
  public String toString() {
    return settings.toString();
  }
}
