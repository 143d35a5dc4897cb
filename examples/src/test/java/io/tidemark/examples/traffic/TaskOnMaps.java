package io.tidemark.examples.traffic;

import io.tidemark.api.ContainerContext;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.JobContext;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.Partition;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Runs a {@link WebsiteTrafficTask} over hash maps, without the engine. */
final class TaskOnMaps {
  static final int PARTITION = 3;

  private static final SystemStreamPartition INPUT =
      new SystemStreamPartition("kafka", "access-log", new Partition(PARTITION));
  private static final TaskCoordinator COORDINATOR =
      new TaskCoordinator() {
        @Override
        public void commit(RequestScope scope) {}

        @Override
        public void shutdown(RequestScope scope) {}

        @Override
        public void checkpoint() {}
      };

  private final Map<String, Visitor> visitors = new HashMap<>();
  private final Map<String, PageCount> pages = new HashMap<>();
  private final MessageCollector collector;
  private final WebsiteTrafficTask task = new WebsiteTrafficTask();

  TaskOnMaps(MessageCollector collector) {
    this.collector = collector;
    task.init(new TaskOnlyContext(Map.of("visitors", storeOf(visitors), "pages", storeOf(pages))));
  }

  Map<String, Visitor> visitors() {
    return visitors;
  }

  Map<String, PageCount> pages() {
    return pages;
  }

  void process(String line) {
    task.process(new IncomingMessageEnvelope(INPUT, null, null, line), collector, COORDINATOR);
  }

  /** Runs all lines through a task and compares what it yields with what the oracle says. */
  static TrafficVerdict.Conclusion verdictOn(Iterable<String> lines) {
    TrafficOracle oracle = new TrafficOracle();
    lines.forEach(line -> oracle.accept(PARTITION, line));
    TrafficVerdict verdict = new TrafficVerdict(oracle);
    TaskOnMaps task = new TaskOnMaps(message -> give(verdict, message));
    for (String line : lines) {
      try {
        task.process(line);
      } catch (MalformedLogLineException malformed) {
        verdict.rejected(line);
      }
    }
    verdict.visitors(PARTITION, task.visitors());
    verdict.pages(PARTITION, task.pages());
    return verdict.conclude();
  }

  static void give(TrafficVerdict verdict, OutgoingMessageEnvelope message) {
    String host = (String) message.getKey();
    String value = (String) message.getMessage();
    switch (message.getSystemStream().toString()) {
      case "kafka.visits" -> verdict.visit(host, value);
      case "kafka.sessions" -> verdict.session(host, value);
      default -> throw new AssertionError("no output of the job: " + message.getSystemStream());
    }
  }

  /** A context that knows the task's stores and nothing else. */
  private record TaskOnlyContext(Map<String, KeyValueStore<?, ?>> stores)
      implements Context, TaskContext {
    @Override
    public TaskContext getTaskContext() {
      return this;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <S extends ReadOnlyKeyValueStore<?, ?>> S getStore(String name) {
      return (S) stores.get(name);
    }

    @Override
    public Set<SystemStreamPartition> getSystemStreamPartitions() {
      return Set.of(INPUT);
    }

    @Override
    public TaskName getTaskName() {
      throw new UnsupportedOperationException();
    }

    @Override
    public JobContext getJobContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ContainerContext getContainerContext() {
      throw new UnsupportedOperationException();
    }
  }

  /** The part of a store that the job uses. */
  @SuppressWarnings("unchecked") // the job puts what it gets
  private static KeyValueStore<?, ?> storeOf(Map<String, ?> map) {
    Map<Object, Object> entries = (Map<Object, Object>) (Map<?, ?>) map;
    InvocationHandler calls =
        (store, method, arguments) ->
            switch (method.getName() + "/" + arguments.length) {
              case "get/1" -> entries.get(arguments[0]);
              case "put/2" -> {
                entries.put(arguments[0], arguments[1]);
                yield null;
              }
              case "delete/1" -> {
                entries.remove(arguments[0]);
                yield null;
              }
              default -> throw new UnsupportedOperationException(method.toString());
            };
    return (KeyValueStore<?, ?>)
        Proxy.newProxyInstance(
            TaskOnMaps.class.getClassLoader(), new Class<?>[] {KeyValueStore.class}, calls);
  }
}
