package io.tidemark.serdes.registry;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Apicurio Registry in a process of its own, with its storage in memory. The profile {@code slow}
 * of the build unpacks it. One is started in a JVM, when first asked for, and ends with it.
 */
public final class RealRegistry {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static URI started;

  private RealRegistry() {}

  /** Where it answers. */
  public static synchronized URI url() {
    if (started == null) {
      try {
        started = start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    return started;
  }

  private static URI start() throws IOException, InterruptedException {
    Path jar;
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("tidemark.registry.app")))) {
      jar = files.filter(file -> file.toString().endsWith("-runner.jar")).findFirst().orElseThrow();
    }
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    File log = new File("target/registry.log");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx384m",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-jar",
                jar.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    URI url = URI.create("http://127.0.0.1:" + port + "/apis/ccompat/v7");
    awaitAnswer(url, process, log);
    return url;
  }

  private static void awaitAnswer(URI url, Process process, File log)
      throws InterruptedException, IOException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/subjects")).build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not up yet
      }
      if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError("the registry did not start: " + Files.readString(log.toPath()));
  }
}
