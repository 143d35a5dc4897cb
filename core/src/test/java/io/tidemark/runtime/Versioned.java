package io.tidemark.runtime;

import io.tidemark.api.Serde;
import io.tidemark.api.ValueMigration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A value that knows its schema, as do its bytes: who reads or writes it with another schema's
 * serde is found out.
 */
record Versioned(String schema, String text) {

  /** The serde of a schema; it reads others too if it is told so. */
  static Serde<Object> serde(String schema, String... reads) {
    return new Serde<>() {
      @Override
      public String schema() {
        return schema;
      }

      @Override
      public boolean reads(String other) {
        return other.equals(schema) || List.of(reads).contains(other);
      }

      @Override
      public byte @Nullable [] toBytes(@Nullable Object object) {
        Versioned value = (Versioned) object;
        if (value == null || !value.schema.equals(schema)) {
          throw new IllegalArgumentException(value + " is not of " + schema);
        }
        return (schema + ":" + value.text).getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public @Nullable Object fromBytes(byte @Nullable [] bytes) {
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split(":", 2);
        if (!reads(parts[0])) {
          throw new IllegalArgumentException(parts[0] + " is read with " + schema);
        }
        return new Versioned(schema, parts[1]);
      }
    };
  }

  /** Makes values of one schema those of the next, which leaves a mark in the text. */
  static ValueMigration<Object, Object, Object> migration(
      String from, String to, Consumer<String> before) {
    return new ValueMigration<>() {
      @Override
      public Serde<Object> from() {
        return serde(from);
      }

      @Override
      public Object migrate(Object key, Object old) {
        before.accept((String) key);
        Versioned value = (Versioned) old;
        if (!value.schema.equals(from)) {
          throw new IllegalArgumentException(value + " is not of " + from);
        }
        return new Versioned(to, value.text + ">" + to);
      }
    };
  }

  static ValueMigration<Object, Object, Object> migration(String from, String to) {
    return migration(from, to, key -> {});
  }
}
