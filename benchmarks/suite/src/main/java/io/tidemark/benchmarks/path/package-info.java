/** What the parts on a record's way through a worker cost, without a broker. */
package io.tidemark.benchmarks.path;
