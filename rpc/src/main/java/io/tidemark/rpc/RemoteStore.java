package io.tidemark.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.api.TidemarkException;
import io.tidemark.rpc.JobDescription.Store;
import io.tidemark.rpc.JobDescription.Task;
import io.tidemark.rpc.StateClient.Deadline;
import io.tidemark.rpc.state.v1.StateMessages.Answer;
import io.tidemark.rpc.state.v1.StateMessages.Elsewhere;
import io.tidemark.rpc.state.v1.StateMessages.Found;
import io.tidemark.rpc.state.v1.StateMessages.GetAllRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetAllResponse;
import io.tidemark.rpc.state.v1.StateMessages.GetRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetResponse;
import io.tidemark.rpc.state.v1.StateMessages.NotOwner;
import io.tidemark.rpc.state.v1.StateMessages.Target;
import io.tidemark.rpc.state.v1.StateMessages.TaskAnswer;
import io.tidemark.rpc.state.v1.StateMessages.Value;
import io.tidemark.state.StoredValue;
import io.tidemark.system.KeyHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store of a running job, seen from another process: committed entries only. Every call may throw
 * a {@link TidemarkException}: TM-7011 if the owner of a key does not answer in time, TM-7014 if
 * the job has no such store, TM-7018 if a value cannot be read with the serde given.
 */
public final class RemoteStore<K, V> {
  private static final int MAX_KEYS = 1_000;

  private final StateClient client;
  private final String name;
  private final Serde<K> keySerde;
  private final Serde<V> valueSerde;

  RemoteStore(StateClient client, String name, Serde<K> keySerde, Serde<V> valueSerde) {
    this.client = client;
    this.name = name;
    this.keySerde = keySerde;
    this.valueSerde = valueSerde;
  }

  /** The value of a key; null if it has none. */
  public @Nullable V get(K key) {
    return find(key).value();
  }

  /** What stands under a key, with its commit and task; its value is null if there is none. */
  public RemoteEntry<K, V> find(K key) {
    return find(key, Target.getDefaultInstance());
  }

  /** As {@link #find(Object)}, in a task that the caller names, {@code stage-partition}. */
  public RemoteEntry<K, V> find(K key, String task) {
    return find(key, Target.newBuilder().setTask(task).build());
  }

  private RemoteEntry<K, V> find(K key, Target target) {
    byte[] bytes = bytes(key);
    GetRequest request =
        GetRequest.newBuilder()
            .setStore(name)
            .setKey(UnsafeByteOperations.unsafeWrap(bytes))
            .setTarget(target)
            .build();
    Deadline deadline = client.deadline();
    int container = container(bytes, target);
    while (true) {
      GetResponse response = client.ask(container, deadline, stub -> stub.get(request));
      if (response.hasAnswer()) {
        Answer answer = response.getAnswer();
        return entry(
            key,
            answer.hasValue() ? answer.getValue() : null,
            answer.getCommit(),
            answer.getTask());
      }
      container = owner(container, response.getNotOwner(), deadline);
    }
  }

  /** The values of those keys that have one, in the order asked for. */
  public Map<K, V> getAll(List<K> keys) {
    Map<K, V> found = new LinkedHashMap<>();
    for (int from = 0; from < keys.size(); from += MAX_KEYS) {
      List<K> some = keys.subList(from, Math.min(keys.size(), from + MAX_KEYS));
      @Nullable Value[] values = values(some);
      for (int i = 0; i < some.size(); i++) {
        Value value = values[i];
        if (value != null) {
          found.put(some.get(i), read(value));
        }
      }
    }
    return found;
  }

  /** Asks each container for its keys; and again, where one says that keys are another's. */
  private @Nullable Value[] values(List<K> keys) {
    List<ByteString> bytes = new ArrayList<>(keys.size());
    Map<Integer, List<Integer>> byContainer = new TreeMap<>();
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = bytes(keys.get(i));
      bytes.add(UnsafeByteOperations.unsafeWrap(key));
      int container = container(key, Target.getDefaultInstance());
      byContainer.computeIfAbsent(container, number -> new ArrayList<>()).add(i);
    }
    @Nullable Value[] values = new Value[keys.size()];
    Deadline deadline = client.deadline();
    while (!byContainer.isEmpty()) {
      Map<Integer, List<Integer>> moved = new TreeMap<>();
      byContainer.forEach(
          (container, indexes) -> {
            GetAllResponse response = ask(container, deadline, bytes, indexes);
            fill(values, response, indexes);
            for (Elsewhere elsewhere : response.getElsewhereList()) {
              int owner = owner(container, elsewhere.getOwner(), deadline);
              elsewhere
                  .getIndexesList()
                  .forEach(
                      index ->
                          moved
                              .computeIfAbsent(owner, number -> new ArrayList<>())
                              .add(indexes.get(index)));
            }
          });
      byContainer = moved;
    }
    return values;
  }

  private GetAllResponse ask(
      int container, Deadline deadline, List<ByteString> keys, List<Integer> indexes) {
    GetAllRequest.Builder request = GetAllRequest.newBuilder().setStore(name);
    indexes.forEach(index -> request.addKeys(keys.get(index)));
    return client.ask(container, deadline, stub -> stub.getAll(request.build()));
  }

  private static void fill(
      @Nullable Value[] values, GetAllResponse response, List<Integer> indexes) {
    for (TaskAnswer answer : response.getAnswersList()) {
      for (Found found : answer.getFoundList()) {
        values[indexes.get(found.getIndex())] = found.getValue();
      }
    }
  }

  /** The first 1,000 entries from a key on, up to another, which is not among them. */
  public RemoteRange<K, V> range(K from, K to) {
    return scan(Scan.<K>all().from(from).to(to));
  }

  /**
   * Entries in the order of their serialized keys. Those of one task are of one commit. The caller
   * closes it.
   */
  public RemoteRange<K, V> scan(Scan<K> scan) {
    return RemoteRange.open(this, client, scan);
  }

  /** The container that a key's task is in, as far as one can tell from here. */
  private int container(byte[] key, Target target) {
    JobDescription job = client.known();
    if (target.hasTask()) {
      return task(target.getTask()).container();
    }
    Store store = store(job);
    List<Task> owners = job.tasksOf(name);
    Task first = owners.get(0);
    if (store.hasPartitioningKey()) {
      return first.container(); // it names the owner
    }
    int number = KeyHash.partition(key, owners.size()); // it divides the slots
    return owners.stream()
        .filter(task -> task.partition() == number)
        .findFirst()
        .orElse(first)
        .container();
  }

  Task task(String wanted) {
    return client.known().tasks().stream()
        .filter(task -> task.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new TidemarkException(
                    "TM-7014", "job " + client.known().job() + " has no task " + wanted));
  }

  Store store(JobDescription job) {
    return job.stores().stream()
        .filter(store -> store.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TidemarkException(
                    "TM-7014",
                    String.format(
                        "job %s has no store %s; it has %s",
                        job.job(), name, job.stores().stream().map(Store::name).toList())));
  }

  /** The container to ask in place of one that has named it. */
  private int owner(int asked, NotOwner named, Deadline deadline) {
    if (named.getContainer() == asked) {
      deadline.pause("container " + asked); // the task is on its way
    }
    if (task(named.getTask()).container() != named.getContainer()) {
      client.describe(); // it has moved since we were told
    }
    return named.getContainer();
  }

  String name() {
    return name;
  }

  byte[] bytes(K key) {
    return Objects.requireNonNull(
        keySerde.toBytes(key), () -> "store " + name + ": the key serde wrote null");
  }

  RemoteEntry<K, V> entry(byte[] key, Value value, long commit, String task) {
    K object;
    try {
      object = Objects.requireNonNull(keySerde.fromBytes(key), "the serde read null");
    } catch (RuntimeException e) {
      throw unreadable("a key", keySerde, e);
    }
    return entry(object, value, commit, task);
  }

  private RemoteEntry<K, V> entry(K key, @Nullable Value value, long commit, String task) {
    return new RemoteEntry<>(
        key,
        value == null ? null : read(value),
        value != null && value.hasExpires() ? value.getExpires() : StoredValue.NEVER,
        commit,
        task);
  }

  private V read(Value value) {
    try {
      return Objects.requireNonNull(
          valueSerde.fromBytes(value.getPayload().toByteArray()), "the serde read null");
    } catch (RuntimeException e) {
      throw unreadable("a value", valueSerde, e);
    }
  }

  private SerializationException unreadable(String what, Serde<?> serde, RuntimeException e) {
    return new SerializationException(
        "TM-7018",
        String.format(
            "store %s: %s cannot be read with %s: %s; use the serde that the job has for it",
            name, what, serde.getClass().getName(), e),
        e);
  }
}
