/** Runnable, tested jobs of one idea each. */
package io.tidemark.examples;
