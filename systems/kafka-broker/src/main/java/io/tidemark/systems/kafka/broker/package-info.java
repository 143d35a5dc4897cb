/**
 * A real Kafka broker in a JVM of its own, for tests and for the demo. {@link
 * io.tidemark.systems.kafka.broker.LocalKafka} runs in the process that wants a broker and needs
 * the JDK only; {@link io.tidemark.systems.kafka.broker.BrokerMain} and {@code BrokerNode} run in
 * the broker's process, on the jars of the directory {@code broker-lib}, and are the only classes
 * here that know Kafka.
 */
package io.tidemark.systems.kafka.broker;
