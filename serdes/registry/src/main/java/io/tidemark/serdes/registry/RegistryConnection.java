package io.tidemark.serdes.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Asks a registry over HTTP. What may pass - no connection, no answer in time, HTTP 5xx - is tried
 * again, at each address in turn, after a pause that doubles. TLS is the JDK's: {@code
 * javax.net.ssl.trustStore} and so on. Any thread may call it.
 */
final class RegistryConnection {
  private static final String JSON_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int MAX_ANSWER_BYTES = 16 << 20;
  private static final long FIRST_PAUSE_MS = 50;
  private static final long LONGEST_PAUSE_MS = 2_000;

  private final RegistrySettings settings;
  private final HttpClient client;

  RegistryConnection(RegistrySettings settings) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
  }

  RegistryAnswer get(String path) {
    return ask("GET", path, null);
  }

  RegistryAnswer post(String path, JsonNode body) {
    return ask("POST", path, body.toString());
  }

  /** An answer that is final, be it a refusal. */
  private RegistryAnswer ask(String method, String path, @Nullable String body) {
    String problem = "";
    Exception cause = null;
    for (int attempt = 0; attempt < settings.attempts(); attempt++) {
      if (attempt >= settings.urls().size()) {
        pause(attempt - settings.urls().size());
      }
      URI url = URI.create(settings.urls().get(attempt % settings.urls().size()).toString() + path);
      try {
        RegistryAnswer answer = askOnce(method, url, body);
        if (!answer.isPassing()) {
          return answer;
        }
        problem = answer.problem();
        cause = null;
      } catch (IOException e) {
        problem = e.toString();
        cause = e;
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    throw new RegistryException(
        "TM-4510",
        String.format(
            "%s did not answer %s %s in %d attempts (%s); check registry.url, and that the registry"
                + " is up and can be reached from here",
            settings, method, path, settings.attempts(), problem),
        cause);
  }

  private RegistryAnswer askOnce(String method, URI url, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(settings.timeout())
            .header("Accept", JSON_TYPE + ", application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", JSON_TYPE);
    }
    if (settings.basicAuth() != null) {
      byte[] credentials = settings.basicAuth().getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    return new RegistryAnswer(response.statusCode(), json(response));
  }

  /** The answer's JSON; an error page of a proxy in between is none. */
  private static JsonNode json(HttpResponse<InputStream> response) throws IOException {
    try (InputStream body = response.body()) {
      byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
      if (bytes.length > MAX_ANSWER_BYTES) {
        throw new IOException("the answer has more than " + MAX_ANSWER_BYTES + " bytes");
      }
      JsonNode json = MAPPER.readTree(bytes);
      return json == null ? MissingNode.getInstance() : json;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private void pause(int time) {
    try {
      Thread.sleep(Math.min(FIRST_PAUSE_MS << Math.min(time, 10), LONGEST_PAUSE_MS));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private RegistryException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new RegistryException("TM-4510", "interrupted while waiting for " + settings, cause);
  }
}
