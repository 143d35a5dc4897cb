package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.container.Job;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The job of {@link RestartBenchmark}, in a process of its own. It prints {@code first MILLIS} at
 * its first record, where milliseconds count from the start of the JVM, and {@code processed COUNT}
 * at every ten thousandth.
 */
public final class StartedJob {
  private static final int SAID_EACH = 10_000;

  private StartedJob() {}

  public static void main(String[] arguments) {
    Map<String, String> settings = new HashMap<>();
    settings.put("job.name", "restart");
    settings.put("job.state.dir", arguments[0]);
    settings.put("task.inputs", "kafka.in");
    settings.put("task.checkpoint.interval.ms", "20000");
    settings.put("task.checkpoint.retain", "1");
    settings.put("systems.kafka.factory", "kafka");
    settings.put("systems.kafka.bootstrap.servers", arguments[1]);
    settings.put("container.workers", "1");
    settings.put("container.state.memory.bytes", Long.toString(512L << 20));
    settings.put("stores.store.factory", "rocksdb");
    settings.put("stores.store.key.serde", "bytes");
    settings.put("stores.store.msg.serde", "bytes");
    int valueBytes = Integer.parseInt(arguments[2]);
    Config config = Config.of(settings);
    try (Job job = Job.of(config).task(() -> new Writing(valueBytes)).start()) {
      job.awaitRunning();
      job.awaitEnd();
    }
  }

  private static long sinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static final class Writing implements StreamTask, InitableTask {
    private final SplittableRandom random = new SplittableRandom(5);
    private final int valueBytes;
    private @Nullable KeyValueStore<byte[], byte[]> store;
    private boolean begun;

    Writing(int valueBytes) {
      this.valueBytes = valueBytes;
    }

    @Override
    @SuppressWarnings("unchecked") // the configuration says bytes
    public void init(Context context) {
      store =
          (KeyValueStore<byte[], byte[]>)
              Objects.requireNonNull(context.getTaskContext().getStore("store"));
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      byte[] value = new byte[valueBytes];
      random.nextBytes(value);
      Objects.requireNonNull(store).put(Objects.requireNonNull((byte[]) envelope.getKey()), value);
      if (!begun) {
        begun = true;
        System.out.println("first " + sinceStart());
      }
      long count = ByteBuffer.wrap((byte[]) envelope.getMessage()).getLong() + 1;
      if (count % SAID_EACH == 0) {
        System.out.println("processed " + count);
      }
    }
  }
}
