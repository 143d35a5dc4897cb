package io.tidemark.integration;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.Job;
import java.io.IOException;
import java.nio.file.Path;
import sun.misc.Signal;

/**
 * A container in a process of its own, as tests start and kill it: {@code JobProcess FILE CONTAINER
 * CONTAINERS until-end|endless}. It prints {@code ready}, and at the end {@code ended} or {@code
 * failed MESSAGE}; it finishes when it gets SIGTERM or its standard input ends.
 */
public final class JobProcess {
  private JobProcess() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    Job job =
        Job.of(Config.load(Path.of(arguments[0])))
            .untilEnd(arguments[3].equals("until-end"))
            .start();
    Signal.handle(new Signal("TERM"), signal -> job.requestStop());
    Thread parent = new Thread(() -> stopWithParent(job));
    parent.setDaemon(true);
    parent.start();
    try {
      job.awaitRunning();
      System.out.println("ready");
      job.awaitEnd();
      System.out.println("ended");
      System.exit(0);
    } catch (TidemarkException e) {
      System.out.println("failed " + e.getMessage());
      System.exit(1);
    }
  }

  private static void stopWithParent(Job job) {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; the end of the stream is the message.
      }
    } catch (IOException e) {
      System.err.println("the parent's pipe broke: " + e);
    }
    job.requestStop();
  }
}
