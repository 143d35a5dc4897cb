/** Measurements of stores and engines. What they showed is in docs/rocksdb.md. */
package io.tidemark.benchmarks.state;
