/** A real Kafka broker in a JVM of its own, for tests and the demo. */
package io.tidemark.systems.kafka.broker;
