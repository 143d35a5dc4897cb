package io.tidemark.cli.state;

import io.tidemark.api.TidemarkException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is there whole or not at all: written under another name beside it, and renamed when
 * it is complete. If it never is, also because the process is told to end, the other is removed.
 * Confined to one thread.
 */
final class OutputFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputFile.class);

  private final Path target;
  private final Path temporary;
  private final OutputStream out;
  private final Thread atExit = new Thread(this::remove, "unfinished-output-removal");

  /**
   * Begins to write.
   *
   * @throws TidemarkException (TM-6011) if it cannot be written
   */
  OutputFile(Path target) {
    this.target = target.toAbsolutePath();
    this.temporary =
        this.target.resolveSibling(
            "." + this.target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      this.out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16);
    } catch (IOException e) {
      throw unwritable(this.target, e);
    }
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  OutputStream stream() {
    return out;
  }

  /** Fails if a writer on the stream, which keeps its failures to itself, has had one. */
  void check(PrintWriter writer) {
    if (writer.checkError()) {
      throw unwritable(target, new IOException("the disk may be full"));
    }
  }

  /** Completes it; {@link #close} follows. */
  void complete() {
    try {
      out.close();
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** What is said if a file cannot be written. */
  static TidemarkException unwritable(Path file, IOException e) {
    return new TidemarkException(
        "TM-6011",
        "cannot write " + file + ": " + e + "; free some space, or name another with --output",
        e);
  }

  private void remove() {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw unwritable(temporary, e);
    }
  }

  private void forgetExit() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process ends already", e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      remove();
      forgetExit();
    }
  }
}
