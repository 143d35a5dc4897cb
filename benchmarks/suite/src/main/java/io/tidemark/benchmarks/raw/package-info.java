/** The limit: what a bare loop on Kafka's clients does, which keeps nothing. */
package io.tidemark.benchmarks.raw;
