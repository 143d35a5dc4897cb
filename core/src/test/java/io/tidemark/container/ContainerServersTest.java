package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ContainerServersTest {
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final AtomicInteger CLOSED = new AtomicInteger();
  private static volatile boolean fails;
  private static volatile int openedMeanwhile;

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  /** Takes long enough for tasks to be opened meanwhile, if they were. */
  public static final class SlowServer implements ContainerServer {
    @Override
    public void start(ServedContainer container) {
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      openedMeanwhile = OPENED.get();
      if (fails) {
        throw new ConfigException("TM-7002", "cannot listen there");
      }
    }

    @Override
    public void close() {
      CLOSED.incrementAndGet();
    }
  }

  private static final class Opened implements StreamTask, InitableTask {
    @Override
    public void init(Context context) {
      OPENED.incrementAndGet();
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope,
        MessageCollector collector,
        TaskCoordinator coordinator) {}
  }

  @BeforeEach
  void install() throws IOException {
    OPENED.set(0);
    CLOSED.set(0);
    fails = false;
    openedMeanwhile = -1;
    Path services = Files.createDirectories(directory.resolve("plugin/META-INF/services"));
    Files.writeString(
        services.resolve(ContainerServer.class.getName()), SlowServer.class.getName() + "\n");
    URL[] plugin = {directory.resolve("plugin").toUri().toURL()};
    Thread.currentThread().setContextClassLoader(new URLClassLoader(plugin, before));
    memory.admin().create(new StreamSpec("in", 2, Map.of()));
  }

  @AfterEach
  void uninstall() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private Job start() {
    Map<String, String> entries =
        Map.of(
            "job.name", "served",
            "job.state.dir", directory.resolve("state").toString(),
            "task.inputs", "memory.in",
            "systems.memory.factory", "memory",
            "systems.memory.msg.serde", "string");
    return Job.of(Config.of(entries))
        .task(Opened::new)
        .system("memory", new MemoryJournals(memory))
        .start();
  }

  @Test
  void tasks_are_opened_when_all_servers_have_started_and_then_the_job_runs() {
    try (Job job = start()) {
      job.awaitRunning();
      assertThat(openedMeanwhile).isZero();
      assertThat(OPENED).hasValue(2);
      assertThat(CLOSED).hasValue(0);
    }
    assertThat(CLOSED).hasValue(1);
  }

  @Test
  void a_server_that_cannot_start_fails_the_job_before_any_task_is_opened() {
    fails = true;
    try (Job job = start()) {
      assertThatThrownBy(job::awaitEnd).hasMessageContaining("TM-7002");
      assertThat(job.hasRun()).isFalse();
    }
    assertThat(OPENED).hasValue(0);
    assertThat(CLOSED).hasValue(1);
  }
}
