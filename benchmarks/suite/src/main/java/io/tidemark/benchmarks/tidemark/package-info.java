/** The contender on Tidemark. */
package io.tidemark.benchmarks.tidemark;
