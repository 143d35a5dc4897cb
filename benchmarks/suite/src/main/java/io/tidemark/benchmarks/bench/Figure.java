package io.tidemark.benchmarks.bench;

/**
 * One figure of a run.
 *
 * @param name what it is, with its unit
 * @param value how much
 */
record Figure(String name, double value) {}
