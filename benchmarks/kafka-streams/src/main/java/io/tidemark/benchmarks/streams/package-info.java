/** The contender of the benchmark on Kafka Streams, by its Processor API. */
@NullMarked
package io.tidemark.benchmarks.streams;

import org.jspecify.annotations.NullMarked;
