package io.tidemark.cli.demo;

import io.tidemark.api.TidemarkException;
import io.tidemark.examples.traffic.AccessLogGenerator;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of an access log, one after another: generated, or read from a file, where bytes that
 * are no UTF-8 become replacement characters. Confined to one thread.
 */
final class LogLines implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Source source;
  private final Path file;
  private final long limit;
  private long count;

  @FunctionalInterface
  private interface Source extends AutoCloseable {
    @Nullable String next() throws IOException;

    @Override
    default void close() throws IOException {}
  }

  private LogLines(Source source, Path file, long limit) {
    this.source = source;
    this.file = file;
    this.limit = limit;
  }

  /** What the settings ask for. */
  static LogLines of(DemoSettings settings) {
    if (settings.input() != null) {
      return read(settings.input(), settings.lines());
    }
    return new LogLines(
        new AccessLogGenerator(settings.seed())::next, Path.of(""), settings.lines());
  }

  /**
   * The first lines of a file, which gzip may have packed.
   *
   * @throws TidemarkException (TM-5010) if it cannot be read
   */
  static LogLines read(Path file, long limit) {
    try {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(open(file), StandardCharsets.UTF_8), BUFFER_BYTES);
      return new LogLines(
          new Source() {
            @Override
            public @Nullable String next() throws IOException {
              return reader.readLine();
            }

            @Override
            public void close() throws IOException {
              reader.close();
            }
          },
          file,
          limit);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try {
      bytes.mark(2);
      boolean packed = (bytes.read() << 8 | bytes.read()) == GZIP_MAGIC;
      bytes.reset();
      return packed ? new GZIPInputStream(bytes, BUFFER_BYTES) : bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /** The next line; null after the last. */
  @Nullable String next() {
    if (count == limit) {
      return null;
    }
    try {
      String line = source.next();
      count += line == null ? 0 : 1;
      return line;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** How many lines were given. */
  long count() {
    return count;
  }

  private static TidemarkException unreadable(Path file, IOException e) {
    return new TidemarkException(
        "TM-5010",
        "cannot read the log " + file.toAbsolutePath() + ": " + e + "; correct --input",
        e);
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
