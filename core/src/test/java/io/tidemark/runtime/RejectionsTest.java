package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.api.Context;
import io.tidemark.api.FencedException;
import io.tidemark.api.Header;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.SerializationException;
import io.tidemark.api.StateException;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of records that a task cannot handle. */
class RejectionsTest {
  @TempDir Path directory;

  private int opened;

  /** Stores and sends each record, and then throws what the test wants for those called bad. */
  private final class Failing implements StreamTask, InitableTask {
    private KeyValueStore<String, String> store;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator)
        throws Exception {
      String message = (String) envelope.getMessage();
      store.put("last", message);
      store.put(message, message);
      store.delete("good 1");
      collector.send(new OutgoingMessageEnvelope(Setting.OUT, message));
      if (message.startsWith("bad")) {
        throw failure;
      } else if (message.equals("no string")) {
        collector.send(new OutgoingMessageEnvelope(Setting.OUT, 42));
      } else if (message.equals("no system")) {
        collector.send(new OutgoingMessageEnvelope(new SystemStream("moon", "x"), message));
      } else if (message.equals("no memory")) {
        throw new OutOfMemoryError("for this record");
      }
    }
  }

  private Exception failure = new IllegalStateException("told to");
  private Setting setting;

  private Worker open(InputSpec.OnError onError) {
    setting = new Setting(directory.resolve("" + opened++), Failing::new);
    setting.onError = onError;
    setting.create();
    return setting.open("w");
  }

  @SuppressWarnings("unchecked") // strings are all there is
  private static KeyValueStore<String, String> store(Worker worker) {
    return (KeyValueStore<String, String>) worker.store(new TaskName("main", 0), "store");
  }

  @Test
  void aSkippedRecordLeavesNothingBehind() {
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("good 1", "good 2", "bad", "no string", "good 3", "bad again");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("good 1", "good 2", "good 3");
      assertThat(store(worker).get("last")).isEqualTo("good 3");
      assertThat(store(worker).get("bad")).isNull();
      assertThat(worker.counters().get(Counter.SKIPPED)).isEqualTo(3);
      assertThat(worker.counters().get(Counter.RECORDS_IN)).isEqualTo(6);
      assertThat(setting.messages("dead")).isEmpty();
    }
  }

  @Test
  void aDeadLetterHasTheRecordAsItWasAndTheReason() {
    try (Worker worker = open(InputSpec.OnError.DEAD_LETTER)) {
      setting.send("good");
      byte[] key = {(byte) 0xff, 1};
      byte[] value = bytes("bad");
      try (SystemProducer producer = setting.memory.producer("test")) {
        List<Header> headers = List.of(new Header("own", bytes("kept")));
        producer.send(new OutgoingRecord("in", 0, null, key, value, 4711, headers));
        producer.send(new OutgoingRecord("in", 0, null, null, bytes("bad"), 4712, List.of()));
      }
      Setting.run(worker);
      assertThat(setting.messages("dead")).as("before the commit").isEmpty();
      setting.commit(worker);
      MemoryRecord dead = setting.dead(0);
      assertThat(dead.key()).isEqualTo(key);
      assertThat(dead.value()).isEqualTo(value);
      assertThat(dead.timestamp()).isEqualTo(4711);
      assertThat(headers(dead))
          .isEqualTo(
              Map.of(
                  "own", "kept",
                  "tidemark.reason", "java.lang.IllegalStateException: told to",
                  "tidemark.task", "main-0",
                  "tidemark.input", "memory.in[0]",
                  "tidemark.offset", "1"));
      assertThat(setting.dead(1).key()).isNull();
      assertThat(worker.counters().get(Counter.DEAD_LETTERS)).isEqualTo(2);
    }
  }

  private static Map<String, String> headers(MemoryRecord record) {
    return record.headers().stream()
        .collect(Collectors.toMap(Header::name, header -> Setting.text(header.value())));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aDeadLetterOfAKilledWorkerIsNotThereTwice() {
    try (Worker worker = open(InputSpec.OnError.DEAD_LETTER)) {
      setting.send("bad");
      Setting.run(worker);
    }
    try (Worker worker = setting.open("w")) {
      setting.commit(worker);
    }
    assertThat(setting.messages("dead")).containsExactly("bad");
  }

  @Test
  void whatIsNotTheRecordsFaultIsNeverSkipped() {
    for (Exception surroundings :
        List.of(
            new StateException("TM-3011", "a store is unreadable"),
            new StateException("TM-3004", "the disk is full"))) {
      failure = surroundings;
      try (Worker worker = open(InputSpec.OnError.SKIP)) {
        setting.send("bad");
        assertThatThrownBy(() -> Setting.run(worker)).isSameAs(surroundings);
      }
    }
    assertThat(setting.out()).isEmpty();
  }

  @Test
  void whatFailedAroundTheTaskKeepsItsCodeThoughTheTaskWrappedIt() {
    StateException wrapped = new StateException("TM-3011", "a store is unreadable");
    failure = new RuntimeException("wrapped", wrapped);
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("bad");
      assertThatThrownBy(() -> Setting.run(worker)).isSameAs(wrapped);
    }
  }

  @Test
  void anInterruptIsNotTheRecordsFault() {
    failure = new InterruptedException();
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("bad");
      assertThatThrownBy(() -> Setting.run(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasCause(failure);
    }
  }

  @Test
  void anErrorOfTheMachineIsNotSkipped() {
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("no memory");
      assertThatThrownBy(() -> Setting.run(worker))
          .isInstanceOf(TaskFailedException.class)
          .hasCauseInstanceOf(OutOfMemoryError.class);
    }
  }

  @Test
  void aSerializationProblemIsTheRecordsFault() {
    failure = new SerializationException("TM-4010", "no such format", null);
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("bad", "good");
      setting.commit(worker);
      assertThat(setting.out()).containsExactly("good");
    }
  }

  @Test
  void whoWasFencedSaysSoWhereverItWasFound() {
    FencedException fenced = new FencedException("TM-3101", "another took over", null);
    for (Exception thrown : List.of(fenced, new RuntimeException("wrapped by the task", fenced))) {
      for (InputSpec.OnError policy : InputSpec.OnError.values()) {
        failure = thrown;
        try (Worker worker = open(policy)) {
          setting.send("bad");
          assertThatThrownBy(() -> Setting.run(worker)).isSameAs(fenced);
        }
      }
    }
  }

  @Test
  void anErrorOfTheConfigurationSaysSoWhereverItWasFound() {
    failure = new ConfigException("TM-1013", "no such store");
    try (Worker worker = open(InputSpec.OnError.FAIL)) {
      setting.send("bad");
      assertThatThrownBy(() -> Setting.run(worker)).isSameAs(failure);
    }
  }

  @Test
  void aSystemThatIsNotThereFailsTheTaskWhateverThePolicy() {
    try (Worker worker = open(InputSpec.OnError.SKIP)) {
      setting.send("no system");
      assertThatThrownBy(() -> Setting.run(worker))
          .hasMessageContaining("TM-1006")
          .hasMessageContaining("moon");
    }
  }
}
