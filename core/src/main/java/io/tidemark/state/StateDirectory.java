package io.tidemark.state;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.JournalRecord;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of local state, mostly of one task: {@code <job.state.dir>/<job>/<task>}.
 *
 * <p>Locked while open, so that two processes never share it. The file {@code identity} says whose
 * it is; a directory of another job, journal or format is refused and never changed. The file
 * {@code opening} is a copy of the opening block from which on the stores were what they are. Used
 * by one thread at a time.
 */
public final class StateDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);
  private static final String FORMAT = "1";
  private static final String IDENTITY_FILE = "identity";
  private static final String LOCK_FILE = "lock";
  private static final String OPENING_FILE = "opening";
  private static final String DAMAGED_FILE = "damaged";

  private static final int MAX_OPENING_BYTES = 1 << 30;

  /**
   * The real paths of those open in this process. The system's locks do not tell: they belong to
   * the process, and closing the lock file a second time would drop them.
   */
  private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Path real;
  private final FileChannel lockFile;

  private StateDirectory(Path directory, Path real, FileChannel lockFile) {
    this.directory = directory;
    this.real = real;
    this.lockFile = lockFile;
  }

  /**
   * Whose the state is.
   *
   * @param job the job's name and id
   * @param task the task's name
   * @param journal the journal's name
   * @param journalId the journal's id, a UUID
   * @param partitions how many input partitions the job has
   * @param slots how many slots it has
   */
  public record Identity(
      String job, String task, String journal, String journalId, int partitions, int slots) {

    private Map<String, String> properties() {
      return new TreeMap<>(
          Map.of(
              "format", FORMAT,
              "job", job,
              "task", task,
              "journal", journal,
              "journal.id", journalId,
              "partitions", Integer.toString(partitions),
              "slots", Integer.toString(slots)));
    }
  }

  /**
   * Opens and locks the directory of a task, creating it if need be.
   *
   * @param root {@code job.state.dir}
   * @throws StateException (TM-3002) if another process, or another container in this one, has it
   *     open, (TM-3004) if it cannot be written
   */
  public static StateDirectory open(Path root, String job, TaskName task) {
    return open(root, job, task.toString());
  }

  /**
   * Opens and locks the directory of something else than a task.
   *
   * @param root {@code job.state.dir}
   * @throws StateException as {@link #open(Path, String, TaskName)}
   */
  public static StateDirectory open(Path root, String job, String name) {
    StateDirectory opened = lock(root.resolve(job).resolve(name));
    try {
      opened.setAsideIfDamaged();
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Locks the directory of a task that does not run, to look at it; nothing in it is created or
   * changed.
   *
   * @return null if the task has none
   * @throws StateException (TM-3002) if it is open, (TM-3003) if it is known to be damaged
   */
  public static @Nullable StateDirectory openExisting(Path root, String job, TaskName task) {
    Path directory = root.resolve(job).resolve(task.toString());
    if (!Files.exists(directory.resolve(IDENTITY_FILE))
        || !Files.exists(directory.resolve(LOCK_FILE))) {
      return null;
    }
    StateDirectory opened = lock(directory);
    if (Files.exists(directory.resolve(DAMAGED_FILE))) {
      opened.close();
      throw new StateException(
          StateException.DAMAGED,
          "the local state of task "
              + task
              + " in "
              + directory
              + " was found to be damaged; the next start of the job rebuilds it from the journal");
    }
    return opened;
  }

  private static StateDirectory lock(Path directory) {
    Path real;
    try {
      real = Files.createDirectories(directory).toRealPath();
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
    if (!OPEN_HERE.add(real)) {
      throw inUse(directory);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return new StateDirectory(directory, real, channel);
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} is open in this process under another class loader", directory);
    } catch (IOException e) {
      unlock(real, channel);
      throw unwritable(directory, e);
    }
    unlock(real, channel);
    throw inUse(directory);
  }

  private static void unlock(Path real, @Nullable FileChannel channel) {
    closeQuietly(channel);
    OPEN_HERE.remove(real);
  }

  private static StateException inUse(Path directory) {
    return new StateException(
        StateException.IN_USE,
        "the state directory "
            + directory
            + " is in use by another process; stop that one, or give this one another"
            + " job.state.dir");
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.debug("closing a lock file failed", e);
    }
  }

  private static StateException unwritable(Path directory, IOException e) {
    return new StateException(
        "TM-3004",
        "the state directory "
            + directory
            + " cannot be written: "
            + e
            + ". Free some space, correct its owner or mode, or set job.state.dir to another place;"
            + " nothing is lost, the journal has all that was committed",
        e);
  }

  /** Whose state is here; null if none is. */
  public @Nullable Identity identity() {
    Path file = directory.resolve(IDENTITY_FILE);
    if (!Files.exists(file)) {
      return null;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new StateException("TM-3001", "cannot read " + file + ": " + e, e);
    }
    String format = properties.getProperty("format");
    if (!FORMAT.equals(format)) {
      throw new StateException(
          "TM-3001",
          String.format(
              "the state directory %s is of format %s, and this version of Tidemark reads format"
                  + " %s; move it away to have the state rebuilt from the journal, or use the"
                  + " version that wrote it",
              directory, format, FORMAT));
    }
    try {
      return new Identity(
          properties.getProperty("job", ""),
          properties.getProperty("task", ""),
          properties.getProperty("journal", ""),
          UUID.fromString(properties.getProperty("journal.id", "")).toString(),
          Integer.parseInt(properties.getProperty("partitions", "")),
          Integer.parseInt(properties.getProperty("slots", "")));
    } catch (IllegalArgumentException e) {
      throw new StateException(
          "TM-3001",
          file + " is damaged; move the directory away to have it rebuilt from the journal",
          e);
    }
  }

  /**
   * Says whose the state here is, or checks that it is theirs.
   *
   * @throws StateException (TM-3001) if it is somebody else's
   */
  public void claim(Identity identity) {
    Identity found = identity();
    if (found == null) {
      writeIdentity(identity);
    } else if (!found.equals(identity)) {
      throw new StateException(
          "TM-3001",
          String.format(
              "the state directory %s belongs to %s, not to %s. Nothing was changed; if the journal"
                  + " was deleted or the job moved to other brokers, move the directory away or"
                  + " choose another job.name, job.id or job.state.dir",
              directory, found.properties(), identity.properties()));
    }
  }

  private void writeIdentity(Identity identity) {
    replace(Map.of(IDENTITY_FILE, content(identity)));
  }

  private static byte[] content(Identity identity) {
    StringBuilder text = new StringBuilder();
    identity.properties().forEach((key, value) -> text.append(key + "=" + value + "\n"));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes files in such a way that a crash leaves of each the former one or this one, whole. They
   * get their names in the order of the map; after a crash any of them may have it.
   */
  private void replace(Map<String, byte[]> contents) {
    try {
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        try (FileChannel channel =
            FileChannel.open(
                temporary(file.getKey()),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
          ByteBuffer rest = ByteBuffer.wrap(file.getValue());
          while (rest.hasRemaining()) {
            channel.write(rest);
          }
          channel.force(true);
        }
      }
      for (String name : contents.keySet()) {
        Files.move(temporary(name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
    forceDirectory();
  }

  private Path temporary(String name) {
    return directory.resolve(name + ".new");
  }

  private void forceDirectory() {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("{} cannot be forced to disk; not every system can", directory, e);
    }
  }

  /**
   * Keeps a copy of an opening block of the task's journal. Call it before an engine applies that
   * block: what the engines hold is then always behind an opening block that is kept or replayed.
   */
  public void keepOpening(Block block) {
    replace(Map.of(OPENING_FILE, copyOf(block)));
  }

  /**
   * Keeps a copy of the block with which the task's journal was begun, and says whose the state
   * here is; nothing has said so yet. Call it before an engine applies that block, as {@link
   * #keepOpening}: without it the directory has no state of that journal, and is cleared.
   *
   * <p>A crash may leave one of the two files. Without {@code identity} nothing here counts.
   * Without {@code opening} the engines have not applied the block either, so it is still to be
   * read.
   */
  public void begin(Block first, Identity identity) {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put(OPENING_FILE, copyOf(first));
    contents.put(IDENTITY_FILE, content(identity));
    replace(contents);
  }

  private static byte[] copyOf(Block block) {
    EncodedBlock copy =
        new BlockBuilder()
            .begin(
                block.number(),
                block.generation(),
                block.timeMs(),
                block.writer(),
                block.journalId())
            .opening(Objects.requireNonNull(block.opening()))
            .positions(block.positions())
            .marks(block.marks())
            .build(new BlockEncoder(MAX_OPENING_BYTES));
    return copy.records().get(0);
  }

  /** The opening block that was kept; null if none was, or it is damaged. */
  public @Nullable Block opening() {
    Path file = directory.resolve(OPENING_FILE);
    try {
      if (!Files.exists(file)) {
        return null;
      }
      LocatedBlock kept =
          new BlockDecoder(file.toString()).add(new JournalRecord(0, Files.readAllBytes(file)));
      return kept == null ? null : kept.block();
    } catch (IOException | StateException e) {
      LOG.warn("Cannot read {}: {}", file, e.toString());
      return null;
    }
  }

  /**
   * Deletes all state here, whose it is included; what was set aside stays. The engines are closed.
   */
  public void clear() {
    try {
      boolean claimed = Files.deleteIfExists(directory.resolve(IDENTITY_FILE));
      List<Path> state;
      try (Stream<Path> files = Files.list(directory)) {
        state = files.filter(StateDirectory::isState).toList();
      }
      if (claimed || !state.isEmpty()) {
        forceDirectory(); // before anything else goes: without that file nothing counts
      }
      for (Path file : state) {
        deleteTree(file);
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Where an engine keeps its files. */
  public Path engine(String type) {
    Path path = directory.resolve(type);
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** Deletes an engine's files; the engine is closed. */
  public void deleteEngine(String type) {
    Path engine = engine(type);
    try {
      deleteTree(engine);
    } catch (IOException e) {
      throw unwritable(engine, e);
    }
  }

  /**
   * What an engine has left there of a store; null if it has nothing, or keeps no files.
   *
   * @param type the engine's type, as configuration names it
   */
  public @Nullable EngineFiles files(
      String type, EngineFactory factory, EngineOptions.Store store) {
    Path path = directory.resolve(type);
    if (!Files.isDirectory(path)) {
      return null;
    }
    String task = String.valueOf(directory.getFileName());
    return factory.openFiles(new EngineOptions(path, task, List.of(store)));
  }

  /**
   * Notes that the engines' files are damaged: the next opening sets them aside and starts from
   * nothing.
   */
  public void markDamaged(String why) {
    try {
      Files.writeString(directory.resolve(DAMAGED_FILE), why + "\n");
    } catch (IOException e) {
      LOG.warn("Cannot note in {} that its files are damaged: {}", directory, e.toString());
    }
  }

  private void setAsideIfDamaged() {
    Path note = directory.resolve(DAMAGED_FILE);
    try {
      if (Files.exists(note)) {
        setAside(Files.readString(note).trim());
        Files.delete(note);
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  /** Moves the engines' files away, never to be used again but there to be looked at. */
  public void setAside(String why) {
    Path aside = directory.resolve(DAMAGED_FILE + "-" + System.currentTimeMillis());
    try {
      Files.createDirectories(aside);
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.filter(StateDirectory::isState).toList()) {
          Files.move(file, aside.resolve(file.getFileName()));
        }
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
    LOG.warn(
        "Local state in {} was damaged ({}); it is set aside in {} and rebuilt from the journal",
        directory,
        why,
        aside);
  }

  private static boolean isState(Path file) {
    String name = file.getFileName().toString();
    return !name.equals(LOCK_FILE) && !name.equals(IDENTITY_FILE) && !name.startsWith(DAMAGED_FILE);
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /** Gives up the lock. */
  @Override
  public void close() {
    if (lockFile.isOpen()) {
      unlock(real, lockFile);
    }
  }
}
