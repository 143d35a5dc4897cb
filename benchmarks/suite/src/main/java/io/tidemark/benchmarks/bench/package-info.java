/**
 * The benchmark: contenders do the same work on the same topics of one real broker, one after the
 * other, and only what is exact counts.
 */
package io.tidemark.benchmarks.bench;
