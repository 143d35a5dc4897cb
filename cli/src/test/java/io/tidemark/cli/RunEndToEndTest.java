package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark run} as users have it: processes, signals, and a real broker. */
@Timeout(240)
class RunEndToEndTest {
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

  private TidemarkProcess run(String... more) {
    String[] arguments = new String[3 + more.length];
    arguments[0] = "run";
    arguments[1] = "--config";
    arguments[2] = properties;
    System.arraycopy(more, 0, arguments, 3, more.length);
    return new TidemarkProcess(folder, arguments);
  }

  @Test
  void a_bounded_run_in_two_processes_is_exact_and_so_is_the_next_one() throws Exception {
    orders.write(20_000);
    try (TidemarkProcess run = run("--until-end", "--containers", "2")) {
      assertThat(run.awaitExit()).as(run.output()).isZero();
      assertThat(run.output())
          .contains("in 2 container processes; their logs are in " + orders.logs())
          .contains("ended after ", " 20,000 records in ", ", 20,000 out, ", " 0 restarts");
    }
    orders.assertExact();
    assertThat(orders.logs().resolve("container-0.log")).content().contains("has ended");
    assertThat(orders.logs().resolve("container-1.log")).content().contains("has ended");

    orders.write(1_000);
    try (TidemarkProcess run = run("--until-end")) {
      assertThat(run.awaitExit()).as(run.output()).isZero();
      assertThat(run.output()).contains("in this process").contains(" 1,000 records in ");
    }
    orders.assertExact();
  }

  @Test
  void a_killed_container_is_replaced_and_sigterm_ends_the_run_with_0() throws Exception {
    orders.write(10_000);
    try (TidemarkProcess run = run("--containers", "2")) {
      Await.until("results come", () -> orders.read() > 0);
      List<ProcessHandle> containers = run.children();
      assertThat(containers).hasSize(2);

      containers.get(0).destroyForcibly();
      Await.until("it is replaced", () -> run.output().contains("runs again, after"));
      orders.write(10_000);
      orders.assertExact();

      List<ProcessHandle> last = run.children();
      run.terminate();
      assertThat(run.awaitExit()).as(run.output()).isZero();
      assertThat(run.output())
          .contains("was killed (signal 9); it is started again in 0.1 s")
          .contains("stopped after ", " 1 restart");
      assertThat(last).noneMatch(ProcessHandle::isAlive);
    }
    orders.assertExact();
  }

  @Test
  void no_container_outlives_a_supervisor_that_is_killed() throws Exception {
    orders.write(5_000);
    List<ProcessHandle> containers;
    try (TidemarkProcess run = run("--containers", "2")) {
      Await.until("results come", () -> orders.read() > 0);
      containers = run.children();
      assertThat(containers).hasSize(2);
      run.kill();
    }
    Await.until("they are gone", () -> containers.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(orders.logs().resolve("container-1.log"))
        .content()
        .contains("Container 1 is told to finish", "Container 1 has ended");

    try (TidemarkProcess run = run("--until-end", "--containers", "2")) {
      assertThat(run.awaitExit()).as(run.output()).isZero();
    }
    orders.assertExact();
  }

  @Test
  void sigterm_ends_a_run_in_one_process_with_0_too() throws Exception {
    orders.write(1_000);
    try (TidemarkProcess run = run()) {
      orders.assertExact();
      run.terminate();
      assertThat(run.awaitExit()).as(run.output()).isZero();
      assertThat(run.output()).contains("finishing what is under way", "stopped after ");
    }
    orders.assertExact();
  }
}
