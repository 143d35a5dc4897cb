/**
 * A real Kafka broker in a JVM of its own, for tests and for the demo. {@link
 * io.tidemark.systems.kafka.broker.LocalKafka} runs in the process that wants a broker and needs
 * the JDK only; {@link io.tidemark.systems.kafka.broker.BrokerMain} runs in the broker's process,
 * on the jars of the directory {@code broker-lib}, and is the only class here that knows Kafka.
 */
package io.tidemark.systems.kafka.broker;
