/** Kafka as a system of streams, and as the journal. */
package io.tidemark.systems.kafka;
