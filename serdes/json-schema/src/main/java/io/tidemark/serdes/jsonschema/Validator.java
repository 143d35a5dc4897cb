package io.tidemark.serdes.jsonschema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tells whether JSON follows a JSON Schema. One that does not name its version with {@code $schema}
 * is of draft 7. What a schema refers to has to be given; nothing is fetched. Any thread may call
 * it.
 */
final class Validator {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final int PROBLEMS_TOLD = 3;

  private final Schema schema;

  /**
   * @param text the schema
   * @param referred the texts of the schemas that it refers to, by their names in it
   * @throws IllegalArgumentException if it is not a schema
   */
  Validator(String text, Map<String, String> referred) {
    try {
      JsonNode tree = MAPPER.readTree(text);
      if (!tree.isObject() && !tree.isBoolean()) {
        throw new IllegalArgumentException("a JSON Schema is an object");
      }
      schema =
          SchemaRegistry.withDefaultDialect(
                  SpecificationVersion.DRAFT_7, builder -> builder.schemas(referred))
              .getSchema(tree);
      schema.initializeValidators();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    } catch (SchemaException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * What is wrong with JSON, in a few words; empty if it follows the schema.
   *
   * @throws IOException if it is not JSON
   */
  String problems(byte[] json) throws IOException {
    List<Error> errors = schema.validate(MAPPER.readTree(json));
    return errors.stream()
        .limit(PROBLEMS_TOLD)
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .collect(Collectors.joining("; "));
  }
}
