package io.tidemark.state;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a state directory, says how that went, and keeps it until its standard input ends. */
final class LockingProcess {
  private LockingProcess() {}

  public static void main(String[] arguments) throws IOException {
    try (StateDirectory directory =
        StateDirectory.open(Path.of(arguments[0]), arguments[1], new TaskName(arguments[2], 0))) {
      System.out.println("open");
      int end = System.in.read();
      assert end < 0 : directory;
    } catch (StateException e) {
      System.out.println(e.code());
    }
  }
}
