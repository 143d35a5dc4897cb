package io.tidemark.serdes.registry;

/**
 * A schema's place in a registry.
 *
 * @param id what records carry; the same schema has one id under all subjects
 * @param subject the line of versions that it is one of
 * @param version its number there, from 1
 */
public record SubjectVersion(int id, String subject, int version) {}
