package io.tidemark.cli.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON where people read it without its quotes. */
final class JsonCells {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private JsonCells() {}

  /** A JSON string without quotes and escapes; any other JSON as it is. */
  static String plain(String json) {
    if (!json.startsWith("\"")) {
      return json;
    }
    try {
      return MAPPER.readValue(json, String.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + json, e);
    }
  }
}
