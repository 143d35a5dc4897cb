package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Message;

/**
 * The key of each record of a topic, by its number: the same for the same seed, in any order of
 * asking. Thread-safe.
 */
interface KeySequence {
  /** Returns the key of a record, from 0 to below {@link #keys}. */
  long key(long number);

  /** How many keys there are. */
  int keys();

  /** Every key equally often, at random. */
  static KeySequence uniform(int keys, long seed) {
    return new KeySequence() {
      @Override
      public long key(long number) {
        return Long.remainderUnsigned(Message.mix(number ^ Message.mix(seed)), keys);
      }

      @Override
      public int keys() {
        return keys;
      }
    };
  }

  /** One key after the other, again and again. */
  static KeySequence inTurn(int keys) {
    return new KeySequence() {
      @Override
      public long key(long number) {
        return number % keys;
      }

      @Override
      public int keys() {
        return keys;
      }
    };
  }

  /**
   * Few keys often and many seldom: how often the n-th is drawn falls with n, as Zipf's law with
   * exponent 0.99 says. Which keys are the frequent ones is scattered.
   */
  static KeySequence zipf(int keys, long seed) {
    return new ZipfKeys(keys, seed);
  }
}
