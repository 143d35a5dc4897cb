package io.tidemark.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tidemark.config.StageDefinition;
import io.tidemark.container.ServedContainer;
import io.tidemark.container.ServedContainer.PlacedTask;
import io.tidemark.rpc.state.v1.StateMessages.NotOwner;
import io.tidemark.rpc.state.v1.StateMessages.Target;
import io.tidemark.state.CommittedState;
import io.tidemark.state.CommittedState.Key;
import io.tidemark.system.KeyHash;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the task that a question is for, and who runs it. What it refuses it refuses with a status
 * for the caller. Any thread may call it.
 */
final class Routing {
  private final ServedContainer container;
  private final Addresses addresses;

  Routing(ServedContainer container, Addresses addresses) {
    this.container = container;
    this.addresses = addresses;
  }

  /** Refuses a store that the job does not have. */
  void checkStore(String store) {
    if (!container.settings().stores().containsKey(store)) {
      throw StateQueryService.refused(
          Status.NOT_FOUND,
          String.format(
              "job %s has no store %s; it has %s",
              container.settings().job(),
              store,
              new TreeSet<>(container.settings().stores().keySet())));
    }
  }

  /** A key with what its partition depends on. */
  Key key(String store, ByteString bytes, Target target) {
    byte[] key = bytes.toByteArray();
    return new Key(
        key,
        target.hasPartitioningKey()
            ? target.getPartitioningKey().toByteArray()
            : container.partitioningKey(store, key));
  }

  /** The task that is asked: the one named, or the one that a key belongs to. */
  PlacedTask task(String store, Target target, @Nullable Key key) {
    List<PlacedTask> tasks = tasksOf(store);
    if (target.hasTask()) {
      return tasks.stream()
          .filter(task -> task.name().toString().equals(target.getTask()))
          .findFirst()
          .orElseThrow(
              () ->
                  StateQueryService.refused(
                      Status.NOT_FOUND,
                      String.format(
                          "job %s has no task %s with store %s",
                          container.settings().job(), target.getTask(), store)));
    }
    PlacedTask first = tasks.get(0);
    if (tasks.size() == 1) {
      return first;
    }
    byte[] partitioningKey =
        key != null
            ? key.partitioningKey()
            : target.hasPartitioningKey() ? target.getPartitioningKey().toByteArray() : null;
    if (partitioningKey == null) {
      throw StateQueryService.refused(
          Status.INVALID_ARGUMENT, "say which task is asked, by its name or by a key");
    }
    int number = KeyHash.partition(partitioningKey, tasks.size()); // it divides the slots
    return tasks.stream()
        .filter(task -> task.name().partition() == number)
        .findFirst()
        .orElse(first);
  }

  private List<PlacedTask> tasksOf(String store) {
    StageDefinition stage = container.settings().stageOf(store);
    return container.tasks().stream()
        .filter(task -> stage == null || task.name().stage().equals(stage.name()))
        .toList();
  }

  /** Whether another container runs a task. */
  boolean isElsewhere(PlacedTask task) {
    return task.container() != container.number();
  }

  /** Names the container that runs a task. */
  NotOwner owner(PlacedTask task) {
    return NotOwner.newBuilder()
        .setTask(task.name().toString())
        .setContainer(task.container())
        .setAddress(addresses.containers().getOrDefault(task.container(), ""))
        .build();
  }

  /** The state of a task of this container. */
  CommittedState state(PlacedTask task) {
    CommittedState state = container.state(task.name());
    if (state == null) {
      throw StateQueryService.refused(
          Status.UNAVAILABLE, "task " + task.name() + " is being opened or closed; ask again");
    }
    return state;
  }
}
