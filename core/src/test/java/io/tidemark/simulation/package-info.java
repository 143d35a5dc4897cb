/**
 * A job in one thread: virtual time, and processes that crash, stand still and talk over a bad
 * network, all drawn from one seed.
 */
@org.jspecify.annotations.NullMarked
package io.tidemark.simulation;
