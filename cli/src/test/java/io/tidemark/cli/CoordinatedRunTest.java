package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Coordinator, containers and savepoints by their commands, with a real broker. */
@Timeout(240)
class CoordinatedRunTest {
  @TempDir private Path folder;
  private Orders orders;
  private String properties;

  @BeforeEach
  void open() throws Exception {
    orders = new Orders(folder, 1);
    properties = orders.properties().toString();
  }

  @AfterEach
  void close() {
    orders.close();
  }

  private TidemarkProcess command(String words, String... more) {
    List<String> arguments = new ArrayList<>(List.of(words.split(" ")));
    arguments.addAll(List.of("--config", properties));
    arguments.addAll(Arrays.asList(more));
    return new TidemarkProcess(folder, arguments.toArray(String[]::new));
  }

  private String succeed(String words, String... more) throws InterruptedException {
    try (TidemarkProcess process = command(words, more)) {
      assertThat(process.awaitExit()).as(process.output()).isZero();
      return process.output();
    }
  }

  @Test
  void a_job_that_was_stopped_with_a_savepoint_begins_from_it_and_is_exact() throws Exception {
    orders.write(2_000);
    try (TidemarkProcess run = command("run", "--containers", "2")) {
      orders.assertExact();
      assertThat(succeed("checkpoints trigger")).contains("Completed checkpoint:");
      orders.write(1_000);
      assertThat(succeed("savepoint stop-with before", "--json"))
          .contains("\"location\":\"savepoint:before\"", "\"status\":\"completed\"");
      assertThat(run.awaitExit()).as(run.output()).isZero();
    }
    assertThat(succeed("savepoint list")).contains("before");

    String again = succeed("run", "--until-end", "--from", "savepoint:before");
    assertThat(again).contains("the job begins from savepoint:before, as timeline 2");
    orders.assertExact();
    orders.write(500);
    assertThat(succeed("run", "--until-end", "--from", "savepoint:before"))
        .contains("was begun from savepoint:before before, and goes on");
    orders.assertExact();
  }

  @Test
  void a_container_that_joins_takes_tasks_and_goes_on_when_the_other_is_killed() throws Exception {
    orders.write(2_000);
    try (TidemarkProcess coordinator = command("coordinator");
        TidemarkProcess first = command("container")) {
      orders.assertExact();
      try (TidemarkProcess second = command("container")) {
        Await.until("it has joined", () -> second.output().contains("joining"));
        orders.write(2_000);
        orders.assertExact();
        first.kill();
        orders.write(2_000);
        orders.assertExact();
        assertThat(succeed("savepoint stop-with end")).contains("Completed savepoint:end");
        assertThat(second.awaitExit()).as(second.output()).isZero();
      }
      assertThat(coordinator.awaitExit()).as(coordinator.output()).isZero();
      assertThat(coordinator.output()).contains("the job has ended");
    }
    orders.assertExact();
  }

  @Test
  void containers_go_on_while_their_coordinator_is_killed_and_started_again() throws Exception {
    orders.write(2_000);
    try (TidemarkProcess first = command("coordinator");
        TidemarkProcess container = command("container")) {
      orders.assertExact();
      first.kill();
      orders.write(1_000);
      orders.assertExact();
      try (TidemarkProcess second = command("coordinator")) {
        Await.until("it leads", () -> second.output().contains("leading"));
        assertThat(succeed("checkpoints trigger")).contains("Completed checkpoint:");
        orders.write(1_000);
        orders.assertExact();
        container.terminate();
        assertThat(container.awaitExit()).as(container.output()).isZero();
      }
    }
  }
}
