package io.tidemark.cli.state;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.container.CommittedTask;
import io.tidemark.container.JobState;
import io.tidemark.container.LocalTask;
import io.tidemark.state.CommittedStore.Entries;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.StoredEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store from local directories, the journal and checkpoints, task by task, each when it is
 * needed first. Confined to one thread.
 */
final class OfflineSource implements StateSource {
  /** Of the error that the journal does not have a position any more. */
  private static final String TRIMMED = "TM-3006";

  private final JobState state;
  private final StoreSpec store;
  private final Choice choice;
  private final List<TaskName> tasks;
  private final Map<TaskName, OpenTask> open = new LinkedHashMap<>();

  /**
   * What to read.
   *
   * @param from not {@link From#RUNNING}
   * @param localOnly whether not to read the journal
   * @param checkpoint what to look at instead of what is committed now; null if {@code from} is not
   *     {@link From#CHECKPOINT}
   * @param tasks the only tasks to read; null for all
   * @param range the keys that will be asked for
   * @param notes takes what a person should know
   */
  record Choice(
      From from,
      boolean localOnly,
      @Nullable CheckpointManifest checkpoint,
      @Nullable List<TaskName> tasks,
      KeyRange range,
      Notes notes) {}

  /** A task's store, and what it was read from. */
  record OpenTask(CommittedTask committed, @Nullable LocalTask local) implements AutoCloseable {
    String from(From from, boolean localOnly) {
      String checkpoint = committed.checkpoint();
      if (checkpoint != null) {
        return from == From.CHECKPOINT ? checkpoint : checkpoint + " and the journal";
      }
      if (local == null) {
        return "the journal";
      }
      return localOnly
          ? "local directories alone, which may be behind what is committed"
          : "local directories and the journal";
    }

    @Override
    public void close() {
      committed.close();
      if (local != null) {
        local.close();
      }
    }
  }

  /**
   * @param state outlives this
   */
  OfflineSource(JobState state, StoreSpec store, Choice choice) {
    this.state = state;
    this.store = store;
    this.choice = choice;
    this.tasks = choice.tasks != null ? choice.tasks : allTasks();
  }

  private List<TaskName> allTasks() {
    return state.tasksOf(store.name(), choice.localOnly, choice.checkpoint);
  }

  List<TaskName> tasks() {
    return tasks;
  }

  /** A task's store, open until this is closed. */
  OpenTask task(TaskName task) {
    OpenTask opened = open.get(task);
    if (opened == null) {
      opened = open(task);
      open.put(task, opened);
    }
    return opened;
  }

  private OpenTask open(TaskName task) {
    CommittedTask.Use use =
        new CommittedTask.Use(
            choice.range,
            choice.localOnly,
            share -> choice.notes.progress("reading the journal of " + task, share));
    try {
      if (choice.checkpoint != null) {
        return new OpenTask(state.openAt(task, store, choice.checkpoint, use), null);
      }
      LocalTask local = choice.from == From.JOURNAL ? null : local(task);
      return local == null
          ? new OpenTask(state.open(task, store, null, use), null)
          : openLocal(task, local, use);
    } finally {
      choice.notes.clear();
    }
  }

  private OpenTask openLocal(TaskName task, LocalTask local, CommittedTask.Use use) {
    try {
      return new OpenTask(state.open(task, store, local, use), local);
    } catch (StateException e) {
      local.close();
      if (choice.from != From.AUTO || !e.code().equals(TRIMMED)) {
        throw e;
      }
      choice.notes.say(e.getMessage() + "; a checkpoint and the journal are read instead");
      return new OpenTask(state.open(task, store, null, use), null);
    } catch (RuntimeException e) {
      local.close();
      throw e;
    }
  }

  /** What is local of a task; null if the journal has to do. */
  private @Nullable LocalTask local(TaskName task) {
    boolean needed = choice.from == From.LOCAL;
    try {
      LocalTask found = state.local(task).orElse(null);
      if (needed && (found == null || (choice.localOnly && !found.has(store)))) {
        if (found != null) {
          found.close();
        }
        throw notHere(task);
      }
      return found;
    } catch (StateException e) {
      boolean locked = e.code().equals("TM-3002");
      if (needed) {
        throw locked ? locked(task, e) : e;
      }
      choice.notes.say(
          locked
              ? "task " + task + " runs on this machine; its journal is read instead"
              : e.getMessage() + "; the journal is read instead");
      return null;
    }
  }

  private StateException notHere(TaskName task) {
    return new StateException(
        "TM-6004",
        String.format(
            "there is no local state of store %s of task %s in %s: it has not run on this machine"
                + " on this timeline, or the store is kept in memory. --from journal reads the journal instead;"
                + " --task narrows to the tasks that are here",
            store.name(), task, state.settings().stateDirectory().resolve(state.settings().job())));
  }

  private StateException locked(TaskName task, StateException cause) {
    return new StateException(
        "TM-6003",
        String.format(
            "the local state of task %s in %s is in use: the job runs. Ask it with --from running,"
                + " or read its journal with --from journal",
            task, state.settings().stateDirectory().resolve(state.settings().job())),
        cause);
  }

  @Override
  public List<TaskEntry> get(Key key) {
    Owners owners = Owners.of(store, key, tasks, count());
    List<TaskEntry> found = getFrom(owners.first(), key);
    return found.isEmpty() ? getFrom(owners.then(), key) : found;
  }

  private int count() {
    return choice.tasks == null ? tasks.size() : allTasks().size();
  }

  private List<TaskEntry> getFrom(List<TaskName> asked, Key key) {
    List<TaskEntry> found = new ArrayList<>();
    for (TaskName name : asked) {
      CommittedTask task = task(name).committed;
      byte[] partitioningKey = store.splittable() ? key.partitioningKey() : null;
      StoredEntry entry = task.store().get(key.bytes(), partitioningKey, task.slots());
      if (entry != null) {
        found.add(entry(name, entry));
      }
    }
    return found;
  }

  private static TaskEntry entry(TaskName task, StoredEntry entry) {
    return new TaskEntry(task, entry.slot(), entry.key(), entry.value(), entry.expires());
  }

  @Override
  public Cursor scan(KeyRange range, Direction direction, long limit) {
    Cursors cursors = Cursors.merged(direction);
    for (TaskName name : tasks) {
      cursors.add(
          () -> {
            CommittedTask task = task(name).committed;
            return new TaskCursor(name, task.store().scan(range, task.slots(), direction));
          });
    }
    return cursors;
  }

  @Override
  public Cursor all() {
    Cursors cursors = Cursors.sequence();
    for (TaskName name : tasks) {
      cursors.add(() -> new TaskCursor(name, task(name).committed.store().all()));
    }
    return cursors;
  }

  @Override
  public List<Origin> origins() {
    return open.entrySet().stream()
        .map(
            task ->
                new Origin(
                    task.getKey(),
                    task.getValue().committed.commit(),
                    task.getValue().from(choice.from, choice.localOnly)))
        .toList();
  }

  @Override
  public void close() {
    open.values().forEach(OpenTask::close);
    open.clear();
  }

  /** The entries of one task. */
  private record TaskCursor(TaskName task, Entries entries) implements Cursor {
    @Override
    public @Nullable TaskEntry next() {
      StoredEntry next = entries.next();
      return next == null ? null : entry(task, next);
    }

    @Override
    public void close() {
      entries.close();
    }
  }
}
