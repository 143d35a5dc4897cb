package io.tidemark.benchmarks.contender;

/**
 * What a contender does with each record of its input. Keys are longs of 8 bytes, big-endian; a
 * message of the input is {@link Message#BYTES} long. For each record of the input there is one
 * record of the output, with the same key.
 */
public enum Workload {
  /** Sends the record on as it is. */
  COPY,

  /** Keeps a count for each key, as a long; sends the count, with this record, as a long. */
  COUNT,

  /**
   * Keeps the last message of each key, without reading the one before; sends the number of this
   * message ({@link Message#number}) as a long.
   */
  LATEST,

  /**
   * Keeps a message for each key: that of the record, with its number replaced by how many records
   * the key has had, which is one more than what the message in the store says. Sends that count.
   */
  READ_MODIFY_WRITE,

  /**
   * Looks the key up in a store that holds the table's topic, which has as many partitions as the
   * input and is complete before the contender starts; sends two longs, the number of the record's
   * message and that of the message in the table, which is -1 if there is none.
   */
  ENRICH,

  /** As {@link #COUNT}, in so many stores: a key's is the key modulo their number. */
  MANY_STORES
}
