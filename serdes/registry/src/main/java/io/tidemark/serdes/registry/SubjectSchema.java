package io.tidemark.serdes.registry;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;

/**
 * The schemas that a serde writes with, under one subject: registered when they are first used, or
 * looked up. Any thread may call it.
 */
public final class SubjectSchema {
  private static final String PREFIX = "serializers.registry.<serde>.";

  private final SchemaRegistry registry;
  private final String subject;
  private final boolean registers;

  private SubjectSchema(SchemaRegistry registry, String subject, boolean registers) {
    this.registry = registry;
    this.subject = subject;
    this.registers = registers;
  }

  /**
   * As the settings of a serde say: {@code subject}, such as {@code orders-value}, and {@code
   * register}, which is true where nothing is said.
   *
   * @param registry which registry
   * @param config the settings; without {@code subject} nothing can be written
   */
  public static SubjectSchema of(SchemaRegistry registry, Config config) {
    return new SubjectSchema(
        registry, config.get("subject", ""), config.getBoolean("register", true));
  }

  /**
   * The id of a schema.
   *
   * @throws ConfigException (TM-1022) if there is no subject, (TM-4512) if the registry does not
   *     take the schema, (TM-4513) if it does not have it and must not be given it
   */
  public int id(RegisteredSchema schema) {
    if (subject.isEmpty()) {
      throw new ConfigException(
          "TM-1022",
          PREFIX
              + "subject is missing, which what is written is registered under; for the messages of"
              + " a stream it is the stream's name with -value, for its keys with -key");
    }
    return registers ? registry.register(subject, schema) : registered(subject, schema).id();
  }

  /**
   * Where a schema is that others refer to; registered first, if this one is.
   *
   * @param under the subject of that schema
   * @throws ConfigException (TM-4512) if the registry does not take the schema, (TM-4513) if it
   *     does not have it and must not be given it
   */
  public SubjectVersion place(String under, RegisteredSchema schema) {
    if (registers) {
      registry.register(under, schema);
    }
    return registered(under, schema);
  }

  private SubjectVersion registered(String under, RegisteredSchema schema) {
    return registry
        .lookUp(under, schema)
        .orElseThrow(
            () ->
                new ConfigException(
                    "TM-4513",
                    registry
                        + " has no version of "
                        + under
                        + " with the schema of this serde; register it, or set "
                        + PREFIX
                        + "register=true"));
  }
}
