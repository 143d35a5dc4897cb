package io.tidemark.serdes.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A schema registry in memory that answers as the documentation of the Confluent REST protocol
 * says, so far as {@link SchemaRegistry} asks. It takes two Avro or JSON schemas for compatible if
 * both are of the same {@code type}. {@link RegistryContract} shows that it behaves as a real one.
 */
public final class FakeRegistry implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpServer server;
  private final List<ObjectNode> schemas = new ArrayList<>();
  private final Map<String, List<ObjectNode>> subjects = new LinkedHashMap<>();
  private final List<String> requests = new ArrayList<>();
  private String credentials;
  private int failures;
  private int failureStatus;

  /** Starts one. */
  public FakeRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.start();
  }

  /** Where it answers. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on, wants these: {@code USER:PASSWORD}. */
  public synchronized void wantCredentials(String userAndPassword) {
    credentials = userAndPassword;
  }

  /** Answers the next requests with a status and an error page. */
  public synchronized void failNext(int times, int status) {
    failures = times;
    failureStatus = status;
  }

  /** The requests so far: method and path. */
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String[] path =
          Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
              .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
              .toArray(String[]::new);
      requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
      if (failures > 0) {
        failures--;
        send(exchange, failureStatus, "<html>not now</html>");
      } else if (credentials != null && !authorized(exchange)) {
        send(exchange, error(401, 401, "Unauthorized"));
      } else {
        JsonNode request = body.isEmpty() ? MAPPER.nullNode() : MAPPER.readTree(body);
        send(exchange, answer(exchange.getRequestMethod(), path, request));
      }
    }
  }

  private boolean authorized(HttpExchange exchange) {
    String expected =
        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    return expected.equals(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private RegistryAnswer answer(String method, String[] path, JsonNode request) {
    String shape = method + " " + path[1] + (path.length > 3 ? " " + path[3] : "");
    return switch (shape) {
      case "POST subjects versions" -> register(path[2], request);
      case "POST subjects" -> lookUp(path[2], request);
      case "GET subjects versions" -> version(path[2], path[4]);
      default -> {
        if (method.equals("GET") && path[1].equals("schemas")) {
          yield byId(Integer.parseInt(path[3]));
        } else if (method.equals("POST") && path[1].equals("compatibility")) {
          yield compatibility(path[3], request);
        } else if (method.equals("PUT") && path[1].equals("config")) {
          yield new RegistryAnswer(200, request);
        }
        yield error(404, 404, "HTTP 404 Not Found");
      }
    };
  }

  private RegistryAnswer register(String subject, JsonNode request) {
    if (!isSchema(request)) {
      return error(422, 42201, "Invalid schema " + request.path("schema").asText());
    }
    List<ObjectNode> versions = subjects.computeIfAbsent(subject, name -> new ArrayList<>());
    ObjectNode found = find(versions, request);
    if (found == null) {
      if (!versions.isEmpty() && !isCompatible(versions, request)) {
        return error(409, 409, "Schema being registered is incompatible with an earlier schema");
      }
      found = version(subject, versions.size() + 1, request);
      versions.add(found);
    }
    return ok(JsonNodeFactory.instance.objectNode().set("id", found.get("id")));
  }

  private ObjectNode version(String subject, int number, JsonNode request) {
    ObjectNode schema = find(schemas, request);
    if (schema == null) {
      schema = request.deepCopy();
      schema.put("id", schemas.size() + 1);
      schemas.add(schema);
    }
    ObjectNode version = JsonNodeFactory.instance.objectNode();
    version.put("subject", subject).put("version", number);
    return version.setAll(schema);
  }

  private static ObjectNode find(List<ObjectNode> schemas, JsonNode request) {
    return schemas.stream()
        .filter(schema -> schema.path("schema").equals(request.path("schema")))
        .filter(schema -> schema.path("schemaType").equals(request.path("schemaType")))
        .findFirst()
        .orElse(null);
  }

  private RegistryAnswer lookUp(String subject, JsonNode request) {
    if (!subjects.containsKey(subject)) {
      return error(404, 40401, "Subject '" + subject + "' not found.");
    }
    ObjectNode found = find(subjects.get(subject), request);
    return found == null ? error(404, 40403, "Schema not found") : ok(found);
  }

  private RegistryAnswer version(String subject, String number) {
    List<ObjectNode> versions = subjects.get(subject);
    if (versions == null) {
      return error(404, 40401, "Subject '" + subject + "' not found.");
    }
    int wanted = number.equals("latest") ? versions.size() : Integer.parseInt(number);
    return wanted > versions.size()
        ? error(404, 40402, "Version " + wanted + " not found.")
        : ok(versions.get(wanted - 1));
  }

  private RegistryAnswer byId(int id) {
    if (id < 1 || id > schemas.size()) {
      return error(404, 40403, "Schema " + id + " not found");
    }
    ObjectNode schema = schemas.get(id - 1).deepCopy();
    schema.remove("id");
    return ok(schema);
  }

  private RegistryAnswer compatibility(String subject, JsonNode request) {
    List<ObjectNode> versions = subjects.get(subject);
    if (versions == null) {
      return error(404, 40401, "Subject '" + subject + "' not found.");
    }
    return ok(
        JsonNodeFactory.instance
            .objectNode()
            .put("is_compatible", isCompatible(versions, request)));
  }

  private static boolean isCompatible(List<ObjectNode> versions, JsonNode request) {
    return type(versions.get(versions.size() - 1)).equals(type(request));
  }

  private static JsonNode type(JsonNode schema) {
    try {
      return MAPPER.readTree(schema.path("schema").asText()).path("type");
    } catch (IOException e) {
      return MAPPER.missingNode(); // of Protobuf
    }
  }

  private static boolean isSchema(JsonNode request) {
    return "PROTOBUF".equals(request.path("schemaType").asText()) || !type(request).isMissingNode();
  }

  private static RegistryAnswer ok(JsonNode body) {
    return new RegistryAnswer(200, body);
  }

  private static RegistryAnswer error(int status, int code, String message) {
    return new RegistryAnswer(
        status,
        JsonNodeFactory.instance.objectNode().put("error_code", code).put("message", message));
  }

  private static void send(HttpExchange exchange, RegistryAnswer answer) throws IOException {
    send(exchange, answer.status(), answer.body().toString());
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
