package io.tidemark.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts {@link ScriptedContainer}s.
 *
 * @param folder for what they print on their error streams
 * @param scripts what each container does, by number
 */
record ScriptLauncher(Path folder, List<List<String>> scripts) implements ContainerLauncher {
  @Override
  public Process launch(int container) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes(),
                ScriptedContainer.class.getName()));
    command.addAll(scripts.get(container));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(log(container).toFile()))
        .start();
  }

  private static String classes() {
    try {
      return Path.of(
              ScriptedContainer.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Path log(int container) {
    return folder.resolve("container-" + container + ".log");
  }

  @Override
  public String lastWords(int container) {
    try {
      return Files.readString(log(container)).strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
