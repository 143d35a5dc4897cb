package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.FormerPositions;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.checkpoint.WholeEntries;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StoreDefinition;
import io.tidemark.container.PlanDifference.Change;
import io.tidemark.container.PlanDifference.Kind;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The start of a job from a checkpoint of what may have been other stages, stores, inputs and
 * tasks: says what is otherwise, and refuses what would lose state or mix it up. Confined to one
 * thread.
 */
final class Upgrade {
  private final CheckpointManifest manifest;
  private final StartFrom from;
  private final BlobStore blobs;
  private final JobSettings settings;
  private final Function<String, StreamSystem> systems;
  private final List<Change> changes = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();

  /**
   * @param systems the open systems by name, to look at inputs
   */
  Upgrade(
      CheckpointManifest manifest,
      StartFrom from,
      BlobStore blobs,
      JobSettings settings,
      Function<String, StreamSystem> systems) {
    this.manifest = manifest;
    this.from = from;
    this.blobs = blobs;
    this.settings = settings;
    this.systems = systems;
  }

  /**
   * The graph with the slots that the checkpoint's stages have.
   *
   * @throws ConfigException (TM-8506) if a stage's tasks or partitions do not divide them
   */
  JobGraph withFormerSlots(JobGraph graph) {
    return new JobGraph(
        graph.stages().stream()
            .map(
                stage -> {
                  StagePlan was = former(stage.name());
                  return was == null ? stage : withSlots(stage, was);
                })
            .toList());
  }

  private static Stage withSlots(Stage stage, StagePlan was) {
    int slots = was.slots();
    if (stage.partitions() % was.partitions() != 0
        || slots % stage.partitions() != 0
        || slots % stage.taskCount() != 0) {
      throw new ConfigException(
          "TM-8506",
          String.format(
              "stage %s had %d tasks over %d partitions and %d slots, which cannot become %d tasks over"
                  + " %d partitions: partitions only grow, by a factor, and both numbers must divide"
                  + " the slots",
              stage.name(),
              was.tasks(),
              was.partitions(),
              slots,
              stage.taskCount(),
              stage.partitions()));
    }
    return new Stage(
        stage.name(), stage.inputs(), stage.stores(), stage.partitions(), stage.taskCount(), slots);
  }

  /** How the stages are divided, and what their tasks read again. */
  List<StagePlan> plan(JobGraph graph) {
    return graph.stages().stream().map(this::plan).toList();
  }

  private StagePlan plan(Stage stage) {
    StagePlan plan = stage.plan();
    FormerPositions positions = new FormerPositions(manifest, streams(stage), this::compareOffsets);
    return new StagePlan(
        plan.name(), plan.tasks(), plan.partitions(), plan.slots(), positions.repeats(plan));
  }

  private int compareOffsets(SystemStreamPartition input, String left, String right) {
    return systems.apply(input.getSystem()).admin().compareOffsets(left, right);
  }

  private @Nullable StagePlan former(String stage) {
    for (StagePlan plan : manifest.timeline().stages()) {
      if (plan.name().equals(stage)) {
        return plan;
      }
    }
    return null;
  }

  /**
   * What is otherwise.
   *
   * @throws ConfigException (TM-8501) if state would be lost, (TM-8502) or could be divided
   *     wrongly, (TM-8507) or records of a key processed in another order
   */
  PlanDifference check(JobGraph graph) {
    for (StagePlan was : manifest.timeline().stages()) {
      if (graph.stages().stream().noneMatch(stage -> stage.name().equals(was.name()))) {
        change(Kind.STAGE_REMOVED, was.name(), "", "stage %s is removed, with its positions");
        Set<String> stores = formerStores(was.name());
        stores.forEach(store -> lose(was.name(), store));
      }
    }
    for (Stage stage : graph.stages()) {
      StagePlan was = former(stage.name());
      if (was == null) {
        change(Kind.STAGE_ADDED, stage.name(), "", "stage %s is added, without state");
      } else {
        compareStores(stage);
        compareInputs(stage);
        compareDivision(stage, was);
      }
    }
    if (!lost.isEmpty() && !from.allowDroppedState()) {
      throw new ConfigException(
          "TM-8501",
          String.format(
              "the state of %s is in %s, but not in the configuration: it would be lost. Name it again"
                  + " as it was, or drop it for good with --allow-dropped-state",
              String.join(", ", lost), name()));
    }
    return new PlanDifference(name(), changes);
  }

  private String name() {
    return Location.of(manifest).toString();
  }

  private void change(Kind kind, String stage, String name, String text) {
    changes.add(new Change(kind, stage, name, String.format(text, stage, name)));
  }

  private void lose(String stage, String store) {
    lost.add("store " + store + " of stage " + stage);
    change(
        Kind.STORE_REMOVED, stage, store, "store %2$s of stage %1$s is removed, its state dropped");
  }

  private Set<String> formerStores(String stage) {
    Set<String> stores = new TreeSet<>();
    for (TaskManifest part : parts(stage)) {
      part.stores().stream().map(StoreIdentity::name).forEach(stores::add);
    }
    return stores;
  }

  private List<TaskManifest> parts(String stage) {
    return manifest.tasks().stream().filter(part -> part.task().stage().equals(stage)).toList();
  }

  private void compareStores(Stage stage) {
    Set<String> former = formerStores(stage.name());
    for (String store : new TreeSet<>(stage.stores())) {
      if (!former.contains(store)) {
        change(
            Kind.STORE_ADDED, stage.name(), store, "store %2$s of stage %1$s is added, and empty");
      }
    }
    for (String store : former) {
      if (!stage.stores().contains(store)) {
        lose(stage.name(), store);
      }
    }
  }

  private void compareInputs(Stage stage) {
    Set<SystemStream> former = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    for (TaskManifest part : parts(stage.name())) {
      part.positions().keySet().forEach(input -> former.add(input.getSystemStream()));
    }
    for (SystemStream input : stage.inputs()) {
      if (!former.contains(input)) {
        change(
            Kind.INPUT_ADDED,
            stage.name(),
            input.toString(),
            "input %2$s of stage %1$s is added, and read from its offset.default");
      }
    }
    Set<SystemStream> read = streams(stage);
    for (SystemStream input : former) {
      if (!read.contains(input)) {
        change(
            Kind.INPUT_REMOVED,
            stage.name(),
            input.toString(),
            "input %2$s of stage %1$s is removed, and its positions forgotten");
      }
    }
  }

  /** The streams whose partitions the tasks of a stage read. */
  private Set<SystemStream> streams(Stage stage) {
    Set<SystemStream> streams = new HashSet<>(stage.inputs());
    for (StoreDefinition store : settings.stores().values()) {
      if (store.isFedByPartition() && stage.stores().contains(store.name())) {
        streams.add(Objects.requireNonNull(store.source()).stream());
      }
    }
    return streams;
  }

  private void compareDivision(Stage stage, StagePlan was) {
    if (stage.taskCount() != was.tasks()) {
      change(
          Kind.DIVIDED_ANEW,
          stage.name(),
          "",
          "stage %s is divided into " + stage.taskCount() + " tasks, from " + was.tasks());
      checkWhole(stage);
    }
    if (stage.partitions() != was.partitions()) {
      change(
          Kind.PARTITIONS_ADDED,
          stage.name(),
          "",
          "the inputs of stage %s have "
              + stage.partitions()
              + " partitions, from "
              + was.partitions());
      if (was.tasks() > was.partitions()) {
        checkWhole(stage); // what is no key's may be another task's, though there are as many
      }
      checkAllRead(stage);
    }
  }

  private void checkWhole(Stage stage) {
    if (from.allowInexactDivision()) {
      return;
    }
    Set<String> whole = new TreeSet<>();
    for (TaskManifest part : parts(stage.name())) {
      whole.addAll(WholeEntries.stores(blobs, part));
    }
    whole.retainAll(stage.stores());
    if (!whole.isEmpty()) {
      throw new ConfigException(
          "TM-8502",
          String.format(
              "stage %s cannot be divided anew: its stores %s have entries that belong to a task as a"
                  + " whole, by their scope or since their keys do not follow the input's"
                  + " partitioning. Keep the number of tasks; or let such entries stay together,"
                  + " whichever task gets them, with --allow-inexact-division",
              stage.name(), whole));
    }
  }

  /** What is unread of the former partitions may have keys whose next records are in others. */
  private void checkAllRead(Stage stage) {
    if (from.allowInexactDivision()) {
      return;
    }
    Map<SystemStreamPartition, String> positions = firstPositions(stage);
    List<SystemStreamPartition> misplaced =
        new UnreadRecords(systems, stage.partitions()).misplaced(positions);
    if (!misplaced.isEmpty()) {
      SystemStreamPartition input = misplaced.get(0);
      throw new ConfigException(
          "TM-8507",
          String.format(
              "partitions were added to %s, and stage %s has read its partition %d only to %s: keys of"
                  + " what is unread there are of other partitions now. Take a savepoint when all"
                  + " is read that was written before; or give up their order and state with"
                  + " --allow-inexact-division",
              input.getSystemStream(),
              stage.name(),
              input.getPartition().getPartitionId(),
              positions.get(input)));
    }
  }

  /** How far all of a stage's former tasks had read what it still reads. */
  private Map<SystemStreamPartition, String> firstPositions(Stage stage) {
    Set<SystemStream> read = streams(stage);
    Map<SystemStreamPartition, String> first = new HashMap<>();
    for (TaskManifest part : parts(stage.name())) {
      part.positions()
          .forEach(
              (input, position) -> {
                if (read.contains(input.getSystemStream())) {
                  first.merge(
                      input,
                      position,
                      (one, other) -> compareOffsets(input, one, other) <= 0 ? one : other);
                }
              });
    }
    return first;
  }
}
