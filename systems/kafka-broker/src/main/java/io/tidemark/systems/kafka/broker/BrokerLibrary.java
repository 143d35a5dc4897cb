package io.tidemark.systems.kafka.broker;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classpath of the broker's JVM: the jars of a directory, and whatever holds this package's
 * classes.
 */
record BrokerLibrary(Path directory) {
  private static final String PROPERTY = "tidemark.broker.lib";

  /**
   * The directory that the system property names, or else {@code broker-lib} beside this module's
   * classes or jar.
   */
  static BrokerLibrary find() {
    String named = System.getProperty(PROPERTY);
    return new BrokerLibrary(
        named == null ? ownClasses().resolveSibling("broker-lib") : Path.of(named));
  }

  String classpath() {
    String jars = jars();
    if (jars.isEmpty()) {
      throw new LocalKafkaException(
          "There are no broker jars in "
              + directory.toAbsolutePath()
              + ". Build the module systems/kafka-broker (phase process-classes), or name the directory with the jars"
              + " by the system property "
              + PROPERTY
              + ".");
    }
    return jars + File.pathSeparator + ownClasses();
  }

  private String jars() {
    if (!Files.isDirectory(directory)) {
      return "";
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.toAbsolutePath().toString())
          .filter(file -> file.endsWith(".jar"))
          .sorted()
          .collect(Collectors.joining(File.pathSeparator));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the broker jars in " + directory, e);
    }
  }

  private static Path ownClasses() {
    try {
      return Path.of(
          BrokerLibrary.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("This class was loaded from no file", e);
    }
  }
}
