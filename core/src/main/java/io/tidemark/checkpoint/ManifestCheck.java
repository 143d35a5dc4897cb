package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Verifier.Problem;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks whether what a manifest says goes together. For one manifest, confined to one thread. */
final class ManifestCheck {
  private final CheckpointManifest manifest;
  private final List<Problem> problems = new ArrayList<>();

  /** For each store, what the first task that has it says of it. */
  private final Map<String, StoreIdentity> identities = new HashMap<>();

  private ManifestCheck(CheckpointManifest manifest) {
    this.manifest = manifest;
  }

  static List<Problem> of(CheckpointManifest manifest) {
    ManifestCheck check = new ManifestCheck(manifest);
    check.tasksAreThoseOfTheTimeline();
    manifest.tasks().forEach(check::taskGoesTogether);
    return List.copyOf(check.problems);
  }

  private void problem(String part, String expected, String found) {
    problems.add(
        new Problem(
            "the manifest " + Location.of(manifest).manifest() + ", " + part, expected, found));
  }

  private void tasksAreThoseOfTheTimeline() {
    Set<TaskName> there = new HashSet<>();
    for (TaskManifest task : manifest.tasks()) {
      if (!there.add(task.task())) {
        problem("task " + task.task(), "one part", "two");
      }
    }
    for (Timeline.StagePlan stage : manifest.timeline().stages()) {
      for (int i = 0; i < stage.tasks(); i++) {
        TaskName task = new TaskName(stage.name(), i);
        if (!there.remove(task)) {
          problem("task " + task, "its part", "none");
        }
      }
    }
    there.forEach(task -> problem("task " + task, "no such task in the timeline", "its part"));
  }

  private void taskGoesTogether(TaskManifest task) {
    String name = "task " + task.task();
    for (Timeline.StagePlan stage : manifest.timeline().stages()) {
      Timeline.StagePlan own =
          new Timeline.StagePlan(
              task.task().stage(), task.tasks(), task.partitions(), task.slots(), stage.repeats());
      if (stage.name().equals(own.name()) && !stage.equals(own)) {
        problem(name, "the plan of its stage, " + stage, own.toString());
      }
    }
    if (task.positions().isEmpty()) {
      problem(name, "positions of its inputs", "none");
    }
    try {
      SnapshotRestorer.checkStructure(task);
    } catch (CheckpointVerificationException e) {
      problem(name, e.expected(), e.found());
    }
    storesAreTheSameInAllTasks(task);
    Set<String> files = new HashSet<>();
    for (EngineManifest engine : task.engines()) {
      for (FileRef file : engine.files()) {
        if (!files.add(engine.type() + "/" + file.name())) {
          problem(name, "the file " + engine.type() + "/" + file.name() + " once", "twice");
        }
      }
      digestsAreOfItsStoresAndSlots(task, engine);
    }
  }

  private void storesAreTheSameInAllTasks(TaskManifest task) {
    Set<String> names = new HashSet<>();
    for (StoreIdentity store : task.stores()) {
      if (!names.add(store.name())) {
        problem("task " + task.task(), "the store " + store.name() + " once", "twice");
      }
      StoreIdentity first = identities.putIfAbsent(task.task().stage() + "/" + store.name(), store);
      if (first != null && !identity(first).equals(identity(store))) {
        problem(
            "store " + store.name() + " of task " + task.task(),
            identity(first).toString(),
            identity(store).toString());
      }
    }
  }

  /** What cannot differ from task to task; value schemas come to each in its own time. */
  private static StoreIdentity identity(StoreIdentity store) {
    return new StoreIdentity(
        store.name(),
        store.format(),
        store.keySchema(),
        store.scope(),
        store.partitioningKey(),
        List.of());
  }

  private void digestsAreOfItsStoresAndSlots(TaskManifest task, EngineManifest engine) {
    engine
        .digests()
        .forEach(
            (store, slots) -> {
              if (task.stores().stream().noneMatch(known -> known.name().equals(store))) {
                problem("task " + task.task(), "digests of its stores", "one of " + store);
              }
              for (int slot : slots.keySet()) {
                if (slot != Slots.TASK_SLOT && !isOf(task, slot)) {
                  problem(
                      "store " + store + " of task " + task.task(),
                      "slots of the task",
                      "slot " + slot);
                }
              }
            });
  }

  private static boolean isOf(TaskManifest task, int slot) {
    return slot < task.slots() && slot % task.tasks() == task.task().partition();
  }
}
