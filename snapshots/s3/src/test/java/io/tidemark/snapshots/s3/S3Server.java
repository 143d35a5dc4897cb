package io.tidemark.snapshots.s3;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A server that speaks S3, in a process of its own, with its objects in files. One is started in a
 * JVM, when first asked for, and ends with it.
 */
final class S3Server {
  static final String ACCESS_KEY = "tidemark";
  static final String SECRET_KEY = "of the tests only";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static int started;

  private S3Server() {}

  /** The port that it answers on. */
  static synchronized int port() {
    if (started == 0) {
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

  /** The name of a new bucket. */
  static String newBucket() {
    String bucket = "bucket-" + BUCKETS.incrementAndGet();
    try (S3Client client = client()) {
      client.createBucket(request -> request.bucket(bucket));
    }
    return bucket;
  }

  static S3Client client() {
    return S3Clients.open(S3BlobStoreTest.settings(port(), "none", 2));
  }

  private static int start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Path directory = Files.createTempDirectory(Path.of("target"), "s3-server-").toAbsolutePath();
    Path properties =
        Files.writeString(
            directory.resolve("server.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.filesystem.basedir=%s
            """
                .formatted(
                    port,
                    ACCESS_KEY,
                    SECRET_KEY,
                    Files.createDirectory(directory.resolve("data"))));
    URL logging = Objects.requireNonNull(S3Server.class.getResource("/s3-server/logback.xml"));
    File log = directory.resolve("log").toFile();
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx384m",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                System.getProperty("tidemark.s3.lib") + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    awaitAnswer(port, process, log);
    return port;
  }

  private static void awaitAnswer(int port, Process process, File log)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
        return;
      } catch (IOException e) {
        // not up yet
      }
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new AssertionError("the S3 server did not start: " + Files.readString(log.toPath()));
  }
}
