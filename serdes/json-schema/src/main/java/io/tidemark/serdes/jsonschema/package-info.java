/** A serde for JSON that follows a JSON Schema of a schema registry. */
package io.tidemark.serdes.jsonschema;
