package io.tidemark.serdes.registry;

/** The kinds of schemas a registry keeps, by the names of its protocol. */
public enum SchemaKind {
  AVRO,
  PROTOBUF,
  JSON
}
