package io.tidemark.serdes.registry;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a registry has answered.
 *
 * @param status the status of HTTP
 * @param body the JSON; {@code MissingNode} if there is none
 */
record RegistryAnswer(int status, JsonNode body) {

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Whether asking again may have another outcome. */
  boolean isPassing() {
    return status >= 500 || status == 408 || status == 429;
  }

  /** What the registry says is wrong. */
  String problem() {
    String message = body.path("message").asText("");
    String code = body.path("error_code").asText("");
    return "HTTP " + status + (code.isEmpty() ? "" : ", error " + code) + ": " + message;
  }
}
