package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void prepare() {
    context.setMDCAdapter(new LogbackMDCAdapter());
  }

  @AfterEach
  void stop() {
    System.clearProperty(Logging.FILE);
    System.clearProperty("logback.configurationFile");
    context.stop();
  }

  @Test
  void the_console_hears_of_warnings_only() {
    new Logging().configure(context);

    assertThat(context.getLogger("io.tidemark.runtime").isInfoEnabled()).isFalse();
    assertThat(context.getLogger("io.tidemark.runtime").isWarnEnabled()).isTrue();
  }

  @Test
  void a_process_with_a_log_file_writes_there(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("logs").resolve("container-0.log");
    System.setProperty(Logging.FILE, file.toString());

    new Logging().configure(context);
    context.getLogger("io.tidemark.runtime").info("task {} started", "Partition 3");
    context.getLogger("org.apache.kafka").info("a client's setting");

    assertThat(Files.readString(file))
        .contains("INFO", "task Partition 3 started")
        .doesNotContain("a client's setting");
  }

  @Test
  void a_configuration_of_the_users_own_goes_first() {
    System.setProperty("logback.configurationFile", "mine.xml");

    assertThat(new Logging().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
  }
}
