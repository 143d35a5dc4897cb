/** What every contender of the benchmark is told and does, whatever it is built on. */
package io.tidemark.benchmarks.contender;
