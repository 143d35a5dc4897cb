package io.tidemark.benchmarks.samza;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import java.util.List;
import org.apache.samza.application.TaskApplication;
import org.apache.samza.application.descriptors.TaskApplicationDescriptor;
import org.apache.samza.serializers.ByteSerde;
import org.apache.samza.serializers.KVSerde;
import org.apache.samza.system.SystemStreamMetadata.OffsetType;
import org.apache.samza.system.kafka.descriptors.KafkaInputDescriptor;
import org.apache.samza.system.kafka.descriptors.KafkaSystemDescriptor;
import org.apache.samza.task.StreamTaskFactory;

/** The streams and the task of an assignment. */
final class StepApplication implements TaskApplication {
  private final Assignment assignment;

  StepApplication(Assignment assignment) {
    this.assignment = assignment;
  }

  @Override
  public void describe(TaskApplicationDescriptor application) {
    KafkaSystemDescriptor kafka =
        new KafkaSystemDescriptor(SamzaSettings.SYSTEM)
            // Samza wants one to be named, and never connects to it.
            .withConsumerZkConnect(List.of("127.0.0.1:1"))
            .withProducerBootstrapServers(List.of(assignment.bootstrapServers()));
    application.withInputStream(input(kafka, "input", assignment.input()));
    if (assignment.workload() == Workload.ENRICH) {
      application.withInputStream(
          input(kafka, "table", assignment.table()).shouldBootstrap().shouldResetOffset());
    }
    application.withOutputStream(
        kafka.getOutputDescriptor("output", bytes()).withPhysicalName(assignment.output()));
    application.withTaskFactory((StreamTaskFactory) () -> new StepTask(assignment));
  }

  private static KafkaInputDescriptor<?> input(
      KafkaSystemDescriptor kafka, String id, String topic) {
    return kafka
        .getInputDescriptor(id, bytes())
        .withPhysicalName(topic)
        .withOffsetDefault(OffsetType.OLDEST);
  }

  private static KVSerde<byte[], byte[]> bytes() {
    return KVSerde.of(new ByteSerde(), new ByteSerde());
  }
}
