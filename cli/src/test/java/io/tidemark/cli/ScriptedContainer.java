package io.tidemark.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A container process without a job: it says and does what its arguments tell it, one after the
 * other.
 */
final class ScriptedContainer {
  private ScriptedContainer() {}

  public static void main(String[] script) throws IOException, InterruptedException {
    for (String word : script) {
      perform(word);
    }
  }

  private static void perform(String word) throws IOException, InterruptedException {
    int colon = word.indexOf(':');
    String argument = word.substring(colon + 1);
    switch (colon < 0 ? word : word.substring(0, colon)) {
      case "say" -> System.out.println(argument);
      case "shout" -> System.err.println(argument);
      case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(argument));
      case "touch" -> Files.createFile(Path.of(argument));
      case "until-told" -> {
        while (System.in.read() >= 0) {}
      }
      case "for-ever" -> Thread.sleep(Long.MAX_VALUE);
      default -> throw new IllegalArgumentException(word);
    }
  }
}
