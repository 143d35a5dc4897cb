package io.tidemark.serdes.registry;

/**
 * What a schema takes from another one that is registered.
 *
 * @param name how the schema names the other one, such as the file that a {@code .proto} imports
 * @param subject under which the other one is registered
 * @param version its version there
 */
public record SchemaReference(String name, String subject, int version) {}
