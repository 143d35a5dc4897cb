package io.tidemark.benchmarks.path;

import io.tidemark.benchmarks.contender.Message;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.StoreChanges;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A block of 10,000 changes; an operation is one of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by make
public class BlockBenchmark {
  private static final int CHANGES = 10_000;
  private static final int RECORD_BYTES = 1 << 20;
  private static final UUID JOURNAL = new UUID(1, 2);

  /** 9 for a count, 101 for a message. */
  @Param({"9", "101"})
  public int valueBytes;

  private final byte[][] keys = new byte[CHANGES][];
  private final byte[][] values = new byte[CHANGES][];
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(RECORD_BYTES);
  private List<byte[]> records;

  @Setup
  public void make() {
    for (int i = 0; i < CHANGES; i++) {
      short slot = (short) (i % 128);
      keys[i] = ByteBuffer.allocate(10).putShort(slot).putLong(Message.mix(i)).array();
      ByteBuffer value = ByteBuffer.allocate(valueBytes).put((byte) 0);
      values[i] = value.put(Message.of(i), 0, value.remaining()).array();
    }
    records = encode().records();
  }

  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public EncodedBlock encode() {
    builder.begin(1, 1, 1, "writer", JOURNAL);
    builder.beginStore("store", CHANGES);
    for (int i = 0; i < CHANGES; i++) {
      builder.change(keys[i], values[i]);
    }
    builder.endStore();
    return builder.build(encoder);
  }

  @Benchmark
  @OperationsPerInvocation(CHANGES)
  public void decode(Blackhole hole) {
    BlockDecoder decoder = new BlockDecoder("journal");
    for (byte[] record : records) {
      LocatedBlock decoded = decoder.add(new JournalRecord(0, record));
      if (decoded != null) {
        for (StoreChanges changes : decoded.block().stores()) {
          for (StoreChanges.Cursor change = changes.cursor(); change.next(); ) {
            hole.consume(change.keyOffset() + change.valueOffset());
          }
        }
      }
    }
  }
}
