/** The contender of the benchmark on Samza, by its API of tasks. */
@NullMarked
package io.tidemark.benchmarks.samza;

import org.jspecify.annotations.NullMarked;
