package io.tidemark.systems.kafka.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker must never outlive the JVM that started it, however that ends. */
@Timeout(120)
class ParentDeathTest {
  @TempDir Path directory;

  @Test
  void aKilledParentTakesItsBrokerAlong() throws Exception {
    try (Parent parent = new Parent(directory)) {
      parent.process.destroyForcibly().waitFor();
      parent.broker.onExit().get(30, SECONDS);
      assertThat(directory.resolve("data/.kafka_cleanshutdown")).exists();
    }
  }

  @Test
  void anInterruptedParentEndsItsBrokerAndRemovesWhatItShould() throws Exception {
    Path temporary = directory.resolve("temporary");
    try (Parent parent = new Parent(temporary)) {
      parent.process.destroy();
      assertThat(parent.process.waitFor(30, SECONDS)).isTrue();
      assertThat(parent.broker.isAlive()).isFalse();
      assertThat(temporary).doesNotExist();
    }
  }

  /** A JVM that runs {@link #main} and has started its broker. */
  static final class Parent implements AutoCloseable {
    final Process process;
    final ProcessHandle broker;

    Parent(Path directory) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Dtidemark.broker.lib=" + BrokerLibrary.find().directory(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Parent.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader();
      broker = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      broker.destroyForcibly();
    }

    /** Starts a broker, prints its process id, and waits to be ended. */
    public static void main(String[] arguments) throws InterruptedException {
      try (LocalKafka kafka =
          LocalKafka.in(Path.of(arguments[0])).deleteDirectoryOnClose().start()) {
        System.out.println(kafka.pid());
        Thread.currentThread().join();
      }
    }
  }
}
