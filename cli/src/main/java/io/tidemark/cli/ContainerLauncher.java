package io.tidemark.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Starts the processes of containers. Any thread may call it. */
interface ContainerLauncher {
  /**
   * Starts the process of a container, which talks as {@link Report} says.
   *
   * @param container its number, from 0
   */
  Process launch(int container) throws IOException;

  /** Where that container writes what it does. */
  Path log(int container);

  /** The end of what the process wrote to its error stream, for one that dies without a word. */
  String lastWords(int container);
}
