package io.tidemark.benchmarks.streams;

import io.tidemark.benchmarks.contender.Workload;
import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Takes each record of the input through the workload's step, and sends what comes of it. */
final class StepProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private final Workload workload;
  private final List<String> storeNames;
  private Step step;

  StepProcessor(Workload workload, List<String> storeNames) {
    this.workload = workload;
    this.storeNames = storeNames;
    this.step = Step.of(workload, List.of());
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    super.init(context);
    List<KeyValueStore<byte[], byte[]>> stores =
        storeNames.stream().map(context::<KeyValueStore<byte[], byte[]>>getStateStore).toList();
    step = Step.of(workload, stores);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    context().forward(record.withValue(step.apply(record.key(), record.value())));
  }
}
