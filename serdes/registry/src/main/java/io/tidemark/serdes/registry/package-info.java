/**
 * A client of schema registries that speak the Confluent REST protocol, and the wire format in
 * which a record names its schema. The serdes of other modules use it.
 */
package io.tidemark.serdes.registry;
