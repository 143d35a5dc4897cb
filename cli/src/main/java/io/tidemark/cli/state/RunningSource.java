package io.tidemark.cli.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.TaskName;
import io.tidemark.rpc.JobDescription;
import io.tidemark.rpc.RemoteEntry;
import io.tidemark.rpc.RemoteRange;
import io.tidemark.rpc.RemoteStore;
import io.tidemark.rpc.Scan;
import io.tidemark.rpc.StateClient;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.KeyRange;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import io.tidemark.system.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks the containers of a running job. A long scan is asked for in pages; those of one task may be
 * of successive commits. Confined to one thread.
 */
final class RunningSource implements StateSource {
  private static final int PAGE = 10_000;

  private final StateClient client;
  private final StoreSpec spec;
  private final RemoteStore<byte[], byte[]> store;
  private final Map<TaskName, JobDescription.Task> tasks = new TreeMap<>();
  private final int count;
  private final Map<TaskName, Long> commits = new TreeMap<>();

  /**
   * @param client closed with this
   * @param job what its containers say
   * @param wanted the only tasks to ask; null for all
   */
  RunningSource(
      StateClient client, JobDescription job, StoreSpec spec, @Nullable List<TaskName> wanted) {
    this.client = client;
    this.spec = spec;
    this.store = client.store(spec.name(), new BytesSerde(), new BytesSerde());
    List<JobDescription.Task> owners = job.tasksOf(spec.name());
    this.count = Math.max(1, owners.size());
    for (JobDescription.Task task : owners) {
      TaskName name = new TaskName(task.stage(), task.partition());
      if (wanted == null || wanted.contains(name)) {
        tasks.put(name, task);
      }
    }
  }

  @Override
  public List<TaskEntry> get(Key key) {
    List<TaskName> names = List.copyOf(tasks.keySet());
    Owners owners = Owners.of(spec, key, names, count);
    List<TaskEntry> found = new ArrayList<>();
    owners.first().forEach(task -> find(key, task, found));
    if (found.isEmpty()) {
      owners.then().forEach(task -> find(key, task, found));
    }
    return found;
  }

  private void find(Key key, TaskName task, List<TaskEntry> found) {
    RemoteEntry<byte[], byte[]> answer = store.find(key.bytes(), task.toString());
    commits.put(task, answer.commit());
    if (answer.value() != null) {
      found.add(entry(task, answer, answer.value()));
    }
  }

  private TaskEntry entry(TaskName task, RemoteEntry<byte[], byte[]> answer, byte[] value) {
    return new TaskEntry(task, slot(task, answer.key()), answer.key(), value, answer.expires());
  }

  /** As the task computes it, from the key alone; null while the job's slots are not known. */
  private @Nullable Integer slot(TaskName task, byte[] key) {
    int slots = Objects.requireNonNull(tasks.get(task)).slots();
    if (!spec.splittable()) {
      return Slots.TASK_SLOT;
    }
    if (slots == 0) {
      return null;
    }
    byte[] partitioningKey = StoreText.partitioningKey(spec, key);
    return KeyHash.partition(partitioningKey, count) == task.partition()
        ? KeyHash.of(partitioningKey) % slots
        : Slots.TASK_SLOT;
  }

  @Override
  public Cursor scan(KeyRange range, Direction direction, long limit) {
    Cursors cursors = Cursors.merged(direction);
    int page = (int) Math.min(PAGE, limit + 1);
    tasks.keySet().forEach(task -> cursors.add(() -> new Pages(task, range, direction, page)));
    return cursors;
  }

  @Override
  public Cursor all() {
    Cursors cursors = Cursors.sequence();
    tasks
        .keySet()
        .forEach(task -> cursors.add(() -> new Pages(task, KeyRange.ALL, Direction.FORWARD, PAGE)));
    return cursors;
  }

  @Override
  public List<Origin> origins() {
    return commits.entrySet().stream()
        .map(commit -> new Origin(commit.getKey(), commit.getValue(), "running containers"))
        .toList();
  }

  @Override
  public void close() {
    client.close();
  }

  /** The entries of one task, page by page. */
  private final class Pages implements Cursor {
    private final TaskName task;
    private final boolean reverse;
    private final int size;
    private KeyRange rest;
    private @Nullable RemoteRange<byte[], byte[]> page;
    private int taken;

    Pages(TaskName task, KeyRange range, Direction direction, int size) {
      this.task = task;
      this.rest = range;
      this.reverse = direction == Direction.BACKWARD;
      this.size = size;
    }

    @Override
    public @Nullable TaskEntry next() {
      while (true) {
        RemoteRange<byte[], byte[]> current = page == null ? open() : page;
        if (current.hasNext()) {
          return take(current.next());
        }
        if (taken < size) {
          return null;
        }
        close();
      }
    }

    private RemoteRange<byte[], byte[]> open() {
      RemoteRange<byte[], byte[]> opened =
          store.scan(
              new Scan<>(rest.from(), rest.to(), new byte[0], reverse, size, task.toString()));
      page = opened;
      taken = 0;
      return opened;
    }

    private TaskEntry take(RemoteEntry<byte[], byte[]> entry) {
      taken++;
      commits.put(task, entry.commit());
      byte[] key = entry.key();
      rest =
          reverse
              ? new KeyRange(rest.from(), key)
              : new KeyRange(Arrays.copyOf(key, key.length + 1), rest.to());
      return entry(task, entry, Objects.requireNonNull(entry.value()));
    }

    @Override
    public void close() {
      if (page != null) {
        page.close();
        page = null;
      }
    }
  }
}
