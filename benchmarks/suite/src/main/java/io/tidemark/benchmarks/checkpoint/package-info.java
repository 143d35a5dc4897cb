/** Measurements of checkpoints and recovery. What they showed is in docs/checkpoints.md. */
package io.tidemark.benchmarks.checkpoint;
