package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TidemarkException;
import io.tidemark.config.RestartSettings;
import io.tidemark.container.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SupervisorTest {
  private static final RestartSettings QUICK = new RestartSettings(5, 60_000, 10, 1_000);
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final List<String> news = new CopyOnWriteArrayList<>();

  @SafeVarargs
  private Supervisor start(RestartSettings restarts, Duration stopLimit, List<String>... scripts) {
    ScriptLauncher launcher = new ScriptLauncher(folder, List.of(scripts));
    return Supervisor.start(
        scripts.length, new Supervision(launcher, restarts, stopLimit, news::add, JobLead.NOBODY));
  }

  @Test
  void the_job_ends_when_all_containers_have_and_what_they_did_adds_up() {
    Supervisor supervisor =
        start(
            QUICK,
            LONG,
            List.of("say:ready", "say:progress 10 20 3 1 2 0", "say:ended"),
            List.of("say:a stray line", "say:ready", "say:progress 1 2 3 4 5 6", "say:ended"));

    supervisor.awaitEnd();

    assertThat(supervisor.progress(0)).isEqualTo(new Progress(10, 20, 3, 1, 2, 0, 0));
    assertThat(supervisor.progress()).isEqualTo(new Progress(11, 22, 6, 5, 7, 0, 0));
    assertThat(supervisor.recoveries()).isEmpty();
    assertThat(news).isEmpty();
  }

  @Test
  void a_container_that_is_killed_is_started_again_and_goes_on_counting() {
    List<String> script =
        List.of("say:progress 7 0 1 0 0 9", "say:ready", "until-told", "say:ended");
    try (Supervisor supervisor = start(QUICK, LONG, script, script)) {
      Await.until("both run", () -> supervisor.isReady(0) && supervisor.isReady(1));
      long killed = supervisor.pid(1).orElseThrow();

      assertThat(supervisor.kill(1)).isTrue();
      Await.until("it runs again", () -> supervisor.recoveries().size() == 1);

      assertThat(supervisor.recoveries().get(0).container()).isEqualTo(1);
      assertThat(supervisor.recoveries().get(0).stoodStill())
          .isBetween(Duration.ofMillis(10), LONG);
      assertThat(supervisor.pid(1).orElseThrow()).isNotEqualTo(killed);
      assertThat(supervisor.progress(1)).isEqualTo(new Progress(14, 0, 2, 0, 0, 9, 1));
      assertThat(supervisor.progress().recordsIn()).isEqualTo(21);
      assertThat(news.get(0))
          .isEqualTo("container 1 was killed (signal 9); it is started again in 0.0 s");
      assertThat(news.get(1)).startsWith("container 1 runs again, after ");
    }
  }

  @Test
  void pauses_grow_until_the_limit_is_reached_and_the_containers_error_is_the_jobs() {
    Supervisor supervisor =
        start(
            new RestartSettings(2, 60_000, 100, 1_000),
            LONG,
            List.of("say:ready", "say:failed restart TM-4001 no luck\\nat all", "exit:1"));

    assertThatThrownBy(supervisor::awaitEnd)
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).isEqualTo("TM-4001"))
        .hasMessageStartingWith("TM-4001: no luck\nat all (container 0, restarted 2 times")
        .hasMessageContaining("container.restart.max")
        .hasMessageContaining("container-0.log");
    assertThat(news)
        .filteredOn(line -> line.contains("failed"))
        .containsExactly(
            "container 0 failed: TM-4001: no luck\nat all; it is started again in 0.1 s",
            "container 0 failed: TM-4001: no luck\nat all; it is started again in 0.2 s");
    assertThat(supervisor.progress().restarts()).isEqualTo(2);
  }

  @Test
  void when_one_fails_for_good_the_others_finish_in_order() {
    Path finished = folder.resolve("finished");
    Supervisor supervisor =
        start(
            QUICK,
            LONG,
            List.of("say:ready", "until-told", "touch:" + finished, "say:ended"),
            List.of("say:ready", "say:failed final TM-1003 no such class", "exit:1"));

    assertThatThrownBy(supervisor::awaitEnd)
        .hasMessageStartingWith("TM-1003: no such class (container 1; its log is ");
    assertThat(finished).exists();
    assertThat(news).isEmpty();
  }

  @Test
  void a_job_that_never_ran_is_not_tried_again() {
    Supervisor supervisor =
        start(QUICK, LONG, List.of("say:failed restart TM-2001 no answer", "exit:1"));

    assertThatThrownBy(supervisor::awaitEnd).hasMessageStartingWith("TM-2001: no answer");
    assertThat(supervisor.progress().restarts()).isZero();
  }

  @Test
  void a_container_that_dies_without_a_word_is_quoted_from_its_error_stream() {
    Supervisor supervisor = start(QUICK, LONG, List.of("shout:no memory for that", "exit:7"));

    assertThatThrownBy(supervisor::awaitEnd)
        .hasMessageStartingWith("TM-5001: a container died (exit code 7)")
        .hasMessageContaining("the last it printed: no memory for that");
  }

  @Test
  void a_container_that_is_killed_before_it_ever_ran_is_started_again() {
    try (Supervisor supervisor = start(QUICK, LONG, List.of("until-told", "say:ended"))) {
      Await.until("it is started", () -> supervisor.kill(0));
      Await.until("it is started again", () -> supervisor.progress().restarts() == 1);
      supervisor.stop();

      assertThat(supervisor.awaitEnd(Duration.ZERO)).isTrue();
    }
  }

  @Test
  void a_container_that_does_not_finish_in_time_is_killed() {
    Supervisor supervisor = start(QUICK, Duration.ofMillis(200), List.of("say:ready", "for-ever"));
    Await.until("it runs", () -> supervisor.isReady(0));
    long pid = supervisor.pid(0).orElseThrow();

    supervisor.stop();

    assertThat(Await.isAlive(pid)).isFalse();
    assertThat(supervisor.awaitEnd(Duration.ZERO)).isTrue();
    assertThat(news).singleElement().asString().contains("had not finished after 0 s");
  }

  @Test
  void nothing_is_started_any_more_once_it_is_told_to_stop() {
    Supervisor supervisor =
        start(
            new RestartSettings(9, 60_000, 3_600_000, 3_600_000),
            LONG,
            List.of("say:ready", "exit:1"));
    Await.until("it pauses", () -> !news.isEmpty());

    supervisor.stop();

    assertThat(supervisor.awaitEnd(Duration.ZERO)).isTrue();
    assertThat(supervisor.pid(0)).isEmpty();
    assertThat(supervisor.kill(0)).isFalse();
    assertThat(news)
        .containsExactly("container 0 died (exit code 1); it is started again in 3600.0 s");
  }
}
