/** The contender on Flink: one JVM with a cluster inside, a source, a keyed function and a sink. */
package io.tidemark.benchmarks.flink;
