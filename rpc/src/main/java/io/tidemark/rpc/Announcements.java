package io.tidemark.rpc;

import io.tidemark.api.StateException;
import io.tidemark.api.TidemarkException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the containers of a job on this machine, or its coordinator, say where they answer: the
 * folder {@code containers} or {@code coordinator} of the job's state directory.
 *
 * <pre>
 * containers/
 *   token      what callers have to show; made by the first container, and kept
 *   0          where container 0 answers, and which process it is
 *   1
 * coordinator/
 *   token      the same for the coordinator
 *   0
 * </pre>
 *
 * <p>Only the owner of the files may read them. A file appears at once and whole. One that a killed
 * process left behind is known by that process not being there any more. Any thread may call it.
 */
final class Announcements implements Addresses {
  private static final String FORMAT = "1";
  private static final String TOKEN = "token";
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private final Answerer answerer;
  private final Path directory;
  private final String instance = UUID.randomUUID().toString();

  /**
   * Those of the containers.
   *
   * @param jobDirectory the job's folder in the state directory
   */
  Announcements(Path jobDirectory) {
    this(jobDirectory, Answerer.CONTAINERS);
  }

  Announcements(Path jobDirectory, Answerer answerer) {
    this.answerer = answerer;
    directory = jobDirectory.resolve(answerer.folder());
  }

  /** What one file says. */
  private record Announcement(
      String address, String instance, String host, long process, long started) {

    /** Whether the process that wrote it is known to be gone. */
    boolean isStale() {
      return host.equals(ThisProcess.HOST) && !ThisProcess.isRunning(process, started);
    }
  }

  /** The token, made if there is none. */
  AccessToken makeToken() {
    try {
      Files.createDirectories(directory, forOwner("rwx------"));
      Path file = directory.resolve(TOKEN);
      if (!Files.exists(file)) {
        Path made = temporary();
        Files.writeString(made, AccessToken.random().text() + "\n");
        try {
          Files.createLink(file, made); // fails if another container was first
        } catch (FileAlreadyExistsException e) {
          return readToken();
        } catch (UnsupportedOperationException e) {
          Files.copy(made, file);
        } finally {
          Files.delete(made);
        }
      }
      return readToken();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /**
   * The token.
   *
   * @throws TidemarkException (TM-7010) if there is none, or it may not be read
   */
  AccessToken readToken() {
    Path file = directory.resolve(TOKEN);
    try {
      return AccessToken.read(file);
    } catch (NoSuchFileException e) {
      throw new TidemarkException(
          "TM-7010",
          String.format(
              "there is no file %s: no %s of this job answers on this machine. Is the job running,"
                  + " with %s.address other than off, and is job.state.dir the one it has?",
              file, answerer == Answerer.CONTAINERS ? "container" : "coordinator", answerer.keys()),
          e);
    } catch (IOException e) {
      throw new TidemarkException(
          "TM-7010", "cannot read " + file + ": " + e + "; only the job's user may", e);
    }
  }

  /** Says where a container of this process answers, in place of what was said of it before. */
  void announce(int container, String address) {
    String text =
        "format=%s\naddress=%s\ninstance=%s\nhost=%s\nprocess=%d\nstarted=%d\n"
            .formatted(
                FORMAT,
                address,
                instance,
                ThisProcess.HOST,
                ThisProcess.id(),
                ThisProcess.started());
    try {
      Path made = temporary();
      Files.writeString(made, text);
      Files.move(made, file(container), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Takes back what this object said of a container, unless another has spoken since. */
  void withdraw(int container) {
    Announcement found = read(file(container));
    if (found != null && found.instance.equals(instance)) {
      try {
        Files.deleteIfExists(file(container));
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  @Override
  public Map<Integer, String> containers() {
    Map<Integer, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        Announcement announcement = NUMBER.matcher(name).matches() ? read(file) : null;
        if (announcement != null && !announcement.isStale()) {
          found.put(Integer.parseInt(name), announcement.address);
        }
      }
    } catch (IOException e) {
      return found; // nobody has said anything, or not to us
    }
    return found;
  }

  /** What a file says; null if there is none that can be understood. */
  private static @Nullable Announcement read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
      return FORMAT.equals(properties.getProperty("format"))
          ? new Announcement(
              properties.getProperty("address", ""),
              properties.getProperty("instance", ""),
              properties.getProperty("host", ""),
              Long.parseLong(properties.getProperty("process", "0")),
              Long.parseLong(properties.getProperty("started", "0")))
          : null;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private Path file(int container) {
    return directory.resolve(Integer.toString(container));
  }

  private Path temporary() throws IOException {
    return Files.createTempFile(directory, "new-", "", forOwner("rw-------"));
  }

  private static FileAttribute<?>[] forOwner(String permissions) {
    Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)}
        : new FileAttribute<?>[0];
  }

  private StateException unwritable(IOException e) {
    return new StateException(
        "TM-7005",
        String.format(
            "cannot write to %s, where it is said who can be reached how: %s. Correct its owner or"
                + " mode, free some space, or set %s.address=off",
            directory, e, answerer.keys()),
        e);
  }
}
