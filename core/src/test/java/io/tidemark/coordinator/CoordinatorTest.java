package io.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.FencedException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord.Status;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.CoordinatorView.Stop;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CoordinatorTest {
  private static final CheckpointPolicy NEVER =
      new CheckpointPolicy(-1, -1, -1, -1, 100, 5000, 1, 2, false);

  private final MemoryMetadataStore metadata = new MemoryMetadataStore();
  private final FakePublisher publisher = new FakePublisher();
  private long nowMs = 1_000_000;

  private Coordinator start(CheckpointPolicy policy, int tasks, JobPlan.@Nullable Start from) {
    return new Coordinator(
        options(policy, tasks, from), metadata, publisher, () -> nowMs, Runnable::run);
  }

  private Coordinator start(CheckpointPolicy policy) {
    return new Coordinator(
        options(policy, 4, null), metadata, publisher, () -> nowMs, Runnable::run);
  }

  private static CoordinatorOptions options(
      CheckpointPolicy policy, int tasks, JobPlan.@Nullable Start from) {
    JobPlan plan =
        new JobPlan(
            FakeContainer.JOB,
            "journal",
            List.of(new Timeline.StagePlan("main", tasks, 4, 512)),
            from);
    return new CoordinatorOptions(plan, 1, 500, 100, 1000, 1, 2000, policy);
  }

  private void step(Coordinator coordinator, FakeContainer... containers) {
    nowMs += 50;
    coordinator.doWork();
    for (FakeContainer container : containers) {
      container.work();
      container.exchange(coordinator, nowMs);
    }
  }

  private void steps(int count, Coordinator coordinator, FakeContainer... containers) {
    for (int i = 0; i < count; i++) {
      step(coordinator, containers);
    }
  }

  private FakeContainer running(Coordinator coordinator) {
    FakeContainer container = new FakeContainer("a", -1);
    steps(6, coordinator, container);
    assertThat(container.in(Phase.RUNNING)).hasSize(4);
    return container;
  }

  private static CheckpointRecord newest(Coordinator coordinator) {
    List<CheckpointRecord> all = coordinator.checkpoints();
    return all.get(all.size() - 1);
  }

  @Test
  void a_container_that_joins_gets_its_share_one_task_after_the_other() {
    Coordinator coordinator = start(NEVER);
    FakeContainer first = running(coordinator);
    FakeContainer second = new FakeContainer("b", -1);
    for (int i = 0; i < 20; i++) {
      step(coordinator, first, second);
      assertThat(first.in(Phase.RUNNING).size() + second.in(Phase.RUNNING).size()).isBetween(3, 4);
    }
    assertThat(first.in(Phase.RUNNING)).hasSize(2);
    assertThat(second.in(Phase.RUNNING)).hasSize(2);
    assertThat(second.number).isEqualTo(1);
  }

  @Test
  void the_tasks_of_a_dead_container_move_only_when_its_lease_is_over() {
    Coordinator coordinator = start(NEVER);
    FakeContainer first = running(coordinator);
    FakeContainer second = new FakeContainer("b", -1);
    steps(20, coordinator, first, second);
    steps(19, coordinator, second);
    assertThat(second.in(Phase.RUNNING)).hasSize(2);
    steps(10, coordinator, second);
    assertThat(second.in(Phase.RUNNING)).hasSize(4);
    assertThatThrownBy(() -> first.exchange(coordinator, nowMs)).hasMessageContaining("TM-8302");
  }

  @Test
  void the_journal_of_a_task_that_moves_is_not_trimmed() {
    Coordinator coordinator = start(NEVER);
    FakeContainer first = running(coordinator);
    coordinator.requestCheckpoint(Trigger.REQUEST, "");
    steps(5, coordinator, first);
    assertThat(coordinator.exchange(first.status()).keep()).hasSize(4);

    FakeContainer second = new FakeContainer("b", -1);
    second.exchange(coordinator, nowMs);
    coordinator.doWork();
    Set<TaskName> moving =
        coordinator.view().tasks().stream()
            .filter(task -> task.next() >= 0)
            .map(CoordinatorView.TaskView::task)
            .collect(Collectors.toSet());
    assertThat(moving).isNotEmpty();
    assertThat(coordinator.exchange(first.status()).keep().keySet())
        .hasSize(4 - moving.size())
        .doesNotContainAnyElementsOf(moving);
  }

  @Test
  void a_container_known_to_have_ended_is_not_waited_for() {
    Coordinator coordinator = start(NEVER);
    running(coordinator);
    coordinator.containerEnded(0);
    FakeContainer again = new FakeContainer("b", 0);
    steps(5, coordinator, again);
    assertThat(again.number).isZero();
    assertThat(again.in(Phase.RUNNING)).hasSize(4);
  }

  @Test
  void the_second_of_a_number_waits_for_the_lease_of_the_first() {
    Coordinator coordinator = start(NEVER);
    running(coordinator);
    FakeContainer again = new FakeContainer("b", 0);
    step(coordinator, again);
    assertThat(again.number).isEqualTo(-1);
    steps(25, coordinator, again);
    assertThat(again.number).isZero();
    assertThat(again.in(Phase.RUNNING)).hasSize(4);
  }

  @Test
  void the_second_of_a_number_is_refused_if_the_first_lives_on() {
    Coordinator coordinator = start(NEVER);
    FakeContainer first = running(coordinator);
    FakeContainer second = new FakeContainer("b", 0);
    steps(20, coordinator, first, second);
    assertThatThrownBy(() -> steps(5, coordinator, first, second))
        .hasMessageContaining("TM-8302")
        .hasMessageContaining("number 0");
  }

  @Test
  void a_new_coordinator_adopts_what_runs_and_the_former_one_is_refused() {
    Coordinator former = start(NEVER);
    FakeContainer container = running(former);
    List<Long> generations =
        container.tasks.values().stream().map(held -> held.generation).toList();
    Coordinator next = start(NEVER);
    steps(10, next, container);
    assertThat(container.tasks.values().stream().map(held -> held.generation).toList())
        .isEqualTo(generations);
    assertThat(container.in(Phase.RUNNING)).hasSize(4);
    assertThatThrownBy(former::doWork)
        .isInstanceOf(FencedException.class)
        .hasMessageContaining("TM-8303");
    assertThatThrownBy(() -> container.exchange(former, nowMs)).hasMessageContaining("TM-8303");
  }

  @Test
  void a_container_that_leaves_has_its_tasks_taken_over_first() {
    Coordinator coordinator = start(NEVER);
    FakeContainer first = running(coordinator);
    FakeContainer second = new FakeContainer("b", -1);
    steps(20, coordinator, first, second);
    first.leaving = true;
    steps(10, coordinator, first, second);
    assertThat(second.in(Phase.RUNNING)).hasSize(4);
    assertThat(coordinator.view().containers()).hasSize(1);
  }

  @Test
  void another_division_into_tasks_is_refused_with_both_named() {
    start(NEVER);
    assertThatThrownBy(() -> start(NEVER, 8, null))
        .hasMessageContaining("TM-8304")
        .hasMessageContaining("main: 4 tasks")
        .hasMessageContaining("main: 8 tasks");
  }

  @Test
  void a_start_from_a_checkpoint_begins_a_timeline_once() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    coordinator.requestCheckpoint(Trigger.REQUEST, "before");
    steps(5, coordinator, container);
    CheckpointPublisher.Published from = Objects.requireNonNull(publisher.latest());
    JobPlan.Start wish = new JobPlan.Start("wish", from.manifest(), from.location());
    Timeline timeline = start(NEVER, 8, wish).view().timeline();
    assertThat(timeline.number()).isEqualTo(2);
    assertThat(timeline.journal()).isEqualTo("journal-t2");
    assertThat(timeline.origins()).containsExactly(new Timeline.Origin(2, 1));
    Coordinator again = start(NEVER, 8, wish);
    assertThat(again.view().timeline()).isEqualTo(timeline);
    assertThatThrownBy(() -> container.exchange(again, nowMs)).hasMessageContaining("TM-8302");
    FakeContainer lateWord = new FakeContainer(container.session, -1);
    assertThatThrownBy(() -> lateWord.exchange(again, nowMs))
        .hasMessageContaining("TM-8302")
        .hasMessageContaining("begun anew");
  }

  @Test
  void metadata_that_was_lost_is_found_again_in_the_newest_checkpoint() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    coordinator.requestCheckpoint(Trigger.REQUEST, "");
    steps(5, coordinator, container);
    MemoryMetadataStore empty = new MemoryMetadataStore();
    Coordinator rebuilt =
        new Coordinator(
            options(NEVER, 4, null), empty, publisher, () -> nowMs + 60_000, Runnable::run);
    assertThat(rebuilt.checkpoints()).hasSize(1);
    Orders orders = rebuilt.exchange(new FakeContainer("n", -1).status());
    assertThat(orders.completed()).isEqualTo(1);
    assertThat(orders.restoreFrom()).isEqualTo("checkpoints/1");
  }

  @Test
  void an_interval_causes_checkpoints_and_the_newest_are_kept() {
    Coordinator coordinator = start(new CheckpointPolicy(300, -1, -1, -1, 100, 5000, 1, 2, false));
    FakeContainer container = running(coordinator);
    steps(60, coordinator, container);
    assertThat(container.completed).isGreaterThan(4);
    assertThat(publisher.manifests).hasSize(2);
    assertThat(coordinator.checkpoints())
        .filteredOn(record -> record.status() == Status.DELETED)
        .isNotEmpty();
    assertThat(newest(coordinator).trigger()).isEqualTo(Trigger.INTERVAL);
  }

  @Test
  void bytes_records_tasks_and_the_recovery_target_cause_checkpoints() {
    assertThat(causedBy(new CheckpointPolicy(-1, 5000, -1, -1, 100, 5000, 1, 2, false)))
        .isEqualTo(Trigger.BYTES);
    assertThat(causedBy(new CheckpointPolicy(-1, -1, 500, -1, 100, 5000, 1, 2, false)))
        .isEqualTo(Trigger.RECORDS);
    assertThat(causedBy(new CheckpointPolicy(-1, -1, -1, 0, 100, 5000, 1, 2, false))).isNull();
    Coordinator coordinator = start(NEVER);
    FakeContainer container = new FakeContainer("t", -1);
    steps(30, coordinator, container);
    container.requests++;
    steps(3, coordinator, container);
    assertThat(newest(coordinator).trigger()).isEqualTo(Trigger.TASK);
  }

  /** Until something is measured, 20,000 bytes of a journal are replayed in a millisecond. */
  @Test
  void a_checkpoint_is_taken_before_a_recovery_would_take_longer_than_wanted() {
    long wantedMs = 1000;
    CheckpointPolicy policy = new CheckpointPolicy(-1, -1, -1, wantedMs, 100, 5000, 1, 2, false);
    Coordinator coordinator = start(policy);
    FakeContainer container = running(coordinator);
    container.bytesOfAStep = 2_000_000;
    steps(9, coordinator, container);
    assertThat(coordinator.checkpoints()).isEmpty();
    steps(3, coordinator, container);
    assertThat(newest(coordinator).trigger()).isEqualTo(Trigger.RECOVERY_TARGET);
    assertThat(coordinator.checkpoints()).hasSize(1);
    steps(12, coordinator, container);
    assertThat(coordinator.checkpoints()).as("the journal since the last one counts").hasSize(2);
  }

  @Test
  void journals_that_are_replayed_slowly_want_checkpoints_sooner() {
    CheckpointPolicy policy = new CheckpointPolicy(-1, -1, -1, 1000, 100, 5000, 1, 2, false);
    Coordinator coordinator = start(policy);
    FakeContainer container = new FakeContainer("a", -1);
    container.replay = new ReplayTime(10_000_000, 10_000);
    steps(6, coordinator, container);
    assertThat(container.in(Phase.RUNNING)).hasSize(4);
    // Four tasks were measured: 0.7^4 of the guess is left.
    assertThat(coordinator.view().recovery().replayBytesPerSecond()).isEqualTo(5_561_899);
    container.bytesOfAStep = 2_000_000;
    steps(4, coordinator, container);
    assertThat(newest(coordinator).trigger()).isEqualTo(Trigger.RECOVERY_TARGET);
  }

  private @Nullable Trigger causedBy(CheckpointPolicy policy) {
    nowMs += 100_000;
    Coordinator coordinator = start(policy);
    FakeContainer container = new FakeContainer("c" + nowMs, -1);
    steps(60, coordinator, container);
    return coordinator.checkpoints().stream()
        .filter(record -> record.startedMs() > nowMs - 3000)
        .map(CheckpointRecord::trigger)
        .findFirst()
        .orElse(null);
  }

  @Test
  void a_checkpoint_that_takes_too_long_fails_and_too_many_failures_are_unhealthy() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    for (int i = 0; i < 2; i++) {
      assertThat(coordinator.view().health().healthy()).isTrue();
      CompletableFuture<CheckpointRecord> asked =
          coordinator.requestCheckpoint(Trigger.REQUEST, "");
      for (int n = 0; n < 110; n++) {
        step(coordinator, container);
        container.snapshots.clear();
      }
      assertThat(asked).isCompletedExceptionally();
    }
    assertThat(newest(coordinator).why()).contains("task.checkpoint.timeout.ms").contains("main-0");
    assertThat(coordinator.view().health().reasons())
        .singleElement()
        .asString()
        .contains("2 checkpoints failed");
  }

  @Test
  void stopping_with_a_savepoint_stops_at_its_cut() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    CompletableFuture<CheckpointRecord> stopped = coordinator.stopWithSavepoint("before-upgrade");
    steps(4, coordinator, container);
    assertThat(stopped).isCompletedWithValueMatching(CheckpointRecord::isSavepoint);
    assertThat(container.stopped).isTrue();
    assertThat(coordinator.view().stop()).isEqualTo(Stop.ORDERED);
    container.leaving = true;
    steps(3, coordinator, container);
    assertThat(coordinator.isStopped()).isTrue();
  }

  @Test
  void a_job_started_again_runs_although_a_container_died_before_it_could_stop() {
    Coordinator former = start(NEVER);
    running(former);
    former.stop();
    Coordinator next = start(NEVER);
    next.containerEnded(0);
    assertThat(next.isStopped()).isFalse();
    FakeContainer again = new FakeContainer("b", -1);
    steps(6, next, again);
    assertThat(again.in(Phase.RUNNING)).hasSize(4);
    assertThat(next.view().stop()).isEqualTo(Stop.NOT_WANTED);
  }

  @Test
  void a_container_that_comes_while_those_of_a_stopped_job_end_runs_the_job_after_them() {
    Coordinator former = start(NEVER);
    FakeContainer stopped = running(former);
    FakeContainer dead = new FakeContainer("dead", -1);
    steps(20, former, stopped, dead);
    former.stop();
    Coordinator next = start(NEVER);
    FakeContainer again = new FakeContainer("b", -1);
    steps(5, next, stopped, again);
    assertThat(stopped.stopped).isTrue();
    stopped.leaving = true;
    steps(5, next, stopped, again);
    assertThat(again.stopped).isFalse();
    assertThat(again.tasks).as("those of the dead one may run").isEmpty();
    steps(20, next, again);
    assertThat(again.in(Phase.RUNNING)).hasSize(4);
  }

  @Test
  void an_order_to_stop_is_for_those_as_well_who_came_while_a_former_one_was_followed() {
    Coordinator former = start(NEVER);
    running(former);
    former.stop();
    Coordinator next = start(NEVER);
    FakeContainer again = new FakeContainer("b", -1);
    steps(2, next, again);
    assertThat(again.stopped).isFalse();
    next.stop();
    steps(1, next, again);
    assertThat(again.stopped).isTrue();
  }

  @Test
  void a_savepoint_that_fails_lets_the_job_go_on() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    publisher.fault =
        () -> {
          throw new IllegalStateException("no space");
        };
    CompletableFuture<CheckpointRecord> stopped = coordinator.stopWithSavepoint("before-upgrade");
    steps(4, coordinator, container);
    assertThat(stopped).isCompletedExceptionally();
    assertThat(container.stopped).isFalse();
    assertThat(container.in(Phase.RUNNING)).hasSize(4);
  }

  @Test
  void a_savepoint_is_kept_until_it_is_deleted_and_its_name_is_taken() {
    Coordinator coordinator = start(NEVER);
    FakeContainer container = running(coordinator);
    coordinator.requestCheckpoint(Trigger.REQUEST, "kept");
    steps(5, coordinator, container);
    assertThatThrownBy(() -> coordinator.requestCheckpoint(Trigger.REQUEST, "kept"))
        .hasMessageContaining("TM-8306");
    assertThatThrownBy(() -> coordinator.deleteCheckpoint(1)).hasMessageContaining("TM-8308");
    for (int i = 0; i < 4; i++) {
      coordinator.requestCheckpoint(Trigger.REQUEST, "");
      steps(5, coordinator, container);
    }
    assertThat(publisher.manifests.keySet()).containsExactly(1L, 4L, 5L);
    coordinator.deleteCheckpoint(1);
    assertThat(publisher.manifests.keySet()).containsExactly(4L, 5L);
  }

  @Test
  void a_job_whose_tasks_have_all_ended_stops() {
    Coordinator coordinator = start(new CheckpointPolicy(-1, -1, -1, -1, 100, 5000, 1, 2, true));
    FakeContainer container = running(coordinator);
    container.tasks.values().forEach(held -> held.phase = Phase.FINISHED);
    steps(6, coordinator, container);
    assertThat(newest(coordinator).trigger()).isEqualTo(Trigger.SHUTDOWN);
    assertThat(newest(coordinator).status()).isEqualTo(Status.COMPLETED);
    assertThat(container.stopped).isTrue();
  }
}
