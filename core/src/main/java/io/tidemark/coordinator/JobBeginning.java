package io.tidemark.coordinator;

import io.tidemark.api.ConfigException;
import io.tidemark.api.StateException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides with which {@link JobRecord} a coordinator begins. */
final class JobBeginning {
  /** What the sessions of containers are called that ran a former timeline of the job. */
  static final String OF_FORMER_TIMELINE = "of a former timeline: ";

  private final JobPlan plan;
  private final CheckpointPublisher.@Nullable Published latest;
  private final long nowMs;

  /**
   * A beginning.
   *
   * @param latest the newest checkpoint that is complete
   */
  JobBeginning(JobPlan plan, CheckpointPublisher.@Nullable Published latest, long nowMs) {
    this.plan = plan;
    this.latest = latest;
    this.nowMs = nowMs;
  }

  /** The record to write, of the one that there is. */
  JobRecord after(@Nullable JobRecord found) {
    if (found != null && !found.job().equals(plan.job())) {
      throw new StateException(
          "TM-3001",
          String.format(
              "the metadata belongs to the job %s, not to %s. Nothing was changed; choose another"
                  + " job.state.dir or job.metadata.file.path, or move it away",
              found.job(), plan.job()));
    }
    JobRecord known = repaired(found == null ? rebuilt() : found);
    JobPlan.Start start = plan.start();
    if (start != null && !(known != null && known.start().equals(start.id()))) {
      return begun(start, known);
    }
    if (known == null) {
      return fresh();
    }
    checkStages(known.timeline());
    return known
        .withStopping(known.stopping() && !known.containers().isEmpty())
        .withGenerations(Math.max(known.generations(), firstGeneration()));
  }

  /** A checkpoint whose manifest is there is complete, also if nobody came to record it. */
  private @Nullable JobRecord repaired(@Nullable JobRecord known) {
    if (known == null || latest == null) {
      return known;
    }
    CheckpointManifest manifest = latest.manifest();
    boolean isNewer =
        manifest.number() > known.completed()
            && manifest.timeline().number() == known.timeline().number();
    return isNewer ? known.withCompleted(manifest.number(), latest.location(), false) : known;
  }

  /** Metadata that was lost, of what the newest checkpoint tells. */
  private @Nullable JobRecord rebuilt() {
    if (latest == null) {
      return null;
    }
    CheckpointManifest manifest = latest.manifest();
    return new JobRecord(
        plan.job(),
        0,
        firstGeneration(),
        manifest.number(),
        manifest.number(),
        latest.location(),
        "",
        false,
        manifest.timeline(),
        List.of());
  }

  private JobRecord fresh() {
    return new JobRecord(
        plan.job(),
        0,
        firstGeneration(),
        0,
        0,
        "",
        "",
        false,
        new Timeline(1, plan.journal(), plan.stages(), List.of()),
        List.of());
  }

  /**
   * Higher than any that a journal could have from before the metadata was made, or after a copy of
   * it was that has been put back.
   */
  private long firstGeneration() {
    return Math.max(0, nowMs);
  }

  private JobRecord begun(JobPlan.Start start, @Nullable JobRecord known) {
    CheckpointManifest from = start.manifest();
    int former = known == null ? 0 : known.timeline().number();
    List<Timeline.Origin> origins = new ArrayList<>();
    if (from != null) {
      former = Math.max(former, 1); // the first one is begun from nothing
    }
    if (from != null && from.job().equals(plan.job())) {
      former = Math.max(former, from.timeline().number());
      origins.addAll(from.timeline().origins());
      former = origins.stream().mapToInt(Timeline.Origin::timeline).reduce(former, Math::max);
    }
    int number = former + 1;
    long checkpoint = from == null ? 0 : from.number();
    if (number > 1) {
      origins.add(new Timeline.Origin(number, checkpoint));
    }
    return new JobRecord(
        plan.job(),
        known == null ? 0 : known.epoch(),
        known == null ? firstGeneration() : Math.max(known.generations(), firstGeneration()),
        Math.max(known == null ? 0 : known.checkpoints(), checkpoint),
        checkpoint,
        start.location() == null ? "" : start.location(),
        start.id(),
        false,
        new Timeline(number, Timeline.journal(plan.journal(), number), plan.stages(), origins),
        known == null ? List.of() : strangers(known.containers()));
  }

  /** Whoever runs the former timeline is refused; but its number is not free yet. */
  private static List<JobRecord.Registered> strangers(List<JobRecord.Registered> containers) {
    return containers.stream()
        .map(
            container ->
                new JobRecord.Registered(
                    container.number(),
                    OF_FORMER_TIMELINE + container.session(),
                    container.host(),
                    container.address(),
                    container.workers()))
        .toList();
  }

  private void checkStages(Timeline timeline) {
    if (division(timeline.stages()).equals(division(plan.stages()))) {
      return;
    }
    throw new ConfigException(
        "TM-8304",
        "the job "
            + plan.job()
            + " is divided into "
            + describe(timeline.stages())
            + ", and configuration and inputs now give "
            + describe(plan.stages())
            + ". Put them back as they were; or start the job from a savepoint or checkpoint, with"
            + " --from, which may have other tasks");
  }

  /** Without the slots, which a stage keeps when it is divided anew. */
  private static List<String> division(List<Timeline.StagePlan> stages) {
    return stages.stream()
        .map(stage -> stage.name() + " " + stage.tasks() + " " + stage.partitions())
        .toList();
  }

  private static List<String> describe(List<Timeline.StagePlan> stages) {
    return stages.stream()
        .map(
            stage ->
                String.format(
                    "%s: %d tasks, %d partitions, %d slots",
                    stage.name(), stage.tasks(), stage.partitions(), stage.slots()))
        .toList();
  }
}
