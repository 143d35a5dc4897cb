package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Message;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What a contender has sent, record by record and in the order of each partition: whether that is
 * what it should be. Each record of the input has one of the output; those that are there must be
 * right, also when a run ended before all of the input was processed.
 */
abstract class Output {
  final Case work;
  private long records;

  private Output(Case work) {
    this.work = work;
  }

  static Output of(Case work) {
    return switch (work.workload()) {
      case COUNT, READ_MODIFY_WRITE, MANY_STORES -> new Counts(work);
      case COPY, LATEST, ENRICH -> new Numbers(work);
    };
  }

  /** Takes the next record. */
  final void add(byte[] key, byte[] message) {
    records++;
    long read = ByteBuffer.wrap(key).getLong();
    if (key.length != Long.BYTES || read < 0 || read >= work.keys().keys()) {
      throw new InexactException("there is no key " + Arrays.toString(key));
    }
    check(read, message);
  }

  final long records() {
    return records;
  }

  final boolean isComplete() {
    return records == work.records();
  }

  /** Checks the whole, once all is there. */
  void finish() {}

  abstract void check(long key, byte[] message);

  static void require(boolean holds, String what, long key, long found) {
    if (!holds) {
      throw new InexactException("key " + key + ": " + what + " " + found);
    }
  }

  /** For each key one, two, three and so on. */
  private static final class Counts extends Output {
    private final int[] counts;

    Counts(Case work) {
      super(work);
      counts = new int[work.keys().keys()];
    }

    @Override
    void check(long key, byte[] message) {
      long found = ByteBuffer.wrap(message).getLong();
      require(message.length == Long.BYTES, "not a count, but bytes:", key, message.length);
      int expected = ++counts[(int) key];
      require(found == expected, "counted, where " + expected + " is right,", key, found);
    }

    @Override
    void finish() {
      for (long number = 0; number < work.records(); number++) {
        counts[(int) work.keys().key(number)]--;
      }
      for (int key = 0; key < counts.length; key++) {
        require(counts[key] == 0, "too many or too few:", key, counts[key]);
      }
    }
  }

  /** Each number once, with its key; those of a key in their order. */
  private static final class Numbers extends Output {
    private final BitSet seen = new BitSet();
    private final int[] last;

    Numbers(Case work) {
      super(work);
      last = new int[work.keys().keys()];
      Arrays.fill(last, -1);
    }

    @Override
    void check(long key, byte[] message) {
      int number = (int) Message.number(message);
      require(number >= 0 && number < work.records(), "there is no message", key, number);
      require(work.keys().key(number) == key, "has not the message", key, number);
      require(!seen.get(number), "twice the message", key, number);
      require(number > last[(int) key], "too late the message", key, number);
      seen.set(number);
      last[(int) key] = number;
      checkRest(key, number, message);
    }

    private void checkRest(long key, int number, byte[] message) {
      switch (work.workload()) {
        case COPY -> require(Arrays.equals(message, Message.of(number)), "torn", key, number);
        case ENRICH -> {
          long found = ByteBuffer.wrap(message).getLong(Long.BYTES);
          long expected = key < work.tableRows() ? key : -1;
          require(found == expected, "looked up", key, found);
        }
        default -> require(message.length == Long.BYTES, "too long", key, number);
      }
    }

    @Override
    void finish() {
      long missing = work.records() - seen.cardinality();
      if (missing != 0) {
        throw new InexactException(missing + " messages are missing");
      }
    }
  }
}
