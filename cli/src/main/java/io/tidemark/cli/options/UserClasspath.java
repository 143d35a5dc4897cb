package io.tidemark.cli.options;

import io.tidemark.api.ConfigException;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user's own jars and folders of classes, as {@code --classpath} lists them: separated as the
 * system separates paths; {@code folder/*} means all jars of a folder.
 *
 * @param entries the jars and folders, all of which exist
 */
public record UserClasspath(List<Path> entries) {

  /**
   * @throws ConfigException (TM-1005) if something listed is not there
   */
  public static UserClasspath parse(String list) {
    List<Path> entries = new ArrayList<>();
    Arrays.stream(list.split(File.pathSeparator))
        .filter(item -> !item.isBlank())
        .forEach(item -> entries.addAll(expand(item)));
    return new UserClasspath(List.copyOf(entries));
  }

  private static List<Path> expand(String item) {
    if (!item.endsWith("/*")) {
      Path entry = Path.of(item).toAbsolutePath();
      if (!Files.exists(entry)) {
        throw missing(entry, null);
      }
      return List.of(entry);
    }
    Path folder = Path.of(item.substring(0, item.length() - "/*".length())).toAbsolutePath();
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
      found.forEach(jars::add);
    } catch (IOException e) {
      throw missing(folder, e);
    }
    jars.sort(null);
    return jars;
  }

  private static ConfigException missing(Path path, @Nullable IOException e) {
    return new ConfigException(
        "TM-1005",
        path + " on the classpath is not there or cannot be read; correct --classpath",
        e);
  }

  /** Lets this thread, and those it starts, find the user's classes. */
  public void useInThisThread() {
    URL[] urls = entries.stream().map(UserClasspath::url).toArray(URL[]::new);
    Thread.currentThread()
        .setContextClassLoader(
            new URLClassLoader("user", urls, UserClasspath.class.getClassLoader()));
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(path.toString(), e);
    }
  }
}
