package io.tidemark.benchmarks.samza;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import org.apache.kafka.common.utils.Utils;
import org.apache.samza.context.Context;
import org.apache.samza.context.TaskContext;
import org.apache.samza.storage.kv.KeyValueStore;
import org.apache.samza.system.IncomingMessageEnvelope;
import org.apache.samza.system.OutgoingMessageEnvelope;
import org.apache.samza.system.SystemStream;
import org.apache.samza.task.InitableTask;
import org.apache.samza.task.MessageCollector;
import org.apache.samza.task.StreamTask;
import org.apache.samza.task.TaskCoordinator;
import org.jspecify.annotations.Nullable;

/**
 * Takes each record of the input through the workload's step, and sends what comes of it. What is
 * of the table is kept; Samza gives all of it before the first of the input.
 */
final class StepTask implements StreamTask, InitableTask {
  private final Assignment assignment;
  private final SystemStream output;
  private @Nullable Step step;
  private @Nullable KeyValueStore<Long, byte[]> table;

  StepTask(Assignment assignment) {
    this.assignment = assignment;
    this.output = new SystemStream(SamzaSettings.SYSTEM, assignment.output());
  }

  @Override
  public void init(Context context) {
    TaskContext task = context.getTaskContext();
    step =
        Step.of(
            assignment.workload(),
            assignment.stores(),
            number -> StepTask.<Long>store(task, number),
            number -> StepTask.<byte[]>store(task, number));
    if (assignment.workload() == Workload.ENRICH) {
      table = store(task, 0);
    }
  }

  @Override
  public void process(
      IncomingMessageEnvelope record, MessageCollector collector, TaskCoordinator coordinator) {
    byte[] key = (byte[]) record.getKey();
    byte[] value = (byte[]) record.getMessage();
    if (table != null && record.getSystemStreamPartition().getStream().equals(assignment.table())) {
      table.put(Step.number(key), value);
    } else if (step != null) {
      collector.send(
          new OutgoingMessageEnvelope(output, partition(key), key, step.apply(key, value)));
    }
  }

  /**
   * The partition that Kafka's clients would choose, since Samza's own hash of an array is another
   * for each array. Samza takes the number modulo the partitions, which leaves it as it is.
   */
  private Integer partition(byte[] key) {
    return Utils.toPositive(Utils.murmur2(key)) % assignment.partitions();
  }

  @SuppressWarnings("unchecked")
  private static <V> KeyValueStore<Long, V> store(TaskContext task, int number) {
    return (KeyValueStore<Long, V>) task.getStore(SamzaSettings.storeName(number));
  }
}
