package io.tidemark.runtime;

import io.tidemark.api.FencedException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.Failpoint;
import io.tidemark.system.OffsetRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a worker the owner of tasks that are restored: reads the last of their journals, and takes
 * possession.
 *
 * <p>To take possession, whoever wrote last is fenced unless it has given the task up in order, and
 * a block that names the new owner is appended. If another's block came in between, that one is
 * fenced in turn and it is tried again: in the end the last block names this worker, and whoever it
 * follows can no longer commit. If another's follows the new owner's, that one has fenced the new
 * owner, which gives up. Confined to the worker.
 */
final class TaskOpener {
  private static final Logger LOG = LoggerFactory.getLogger(TaskOpener.class);
  private static final int MAX_ATTEMPTS = 10;

  private final WorkerSpec spec;
  private final Journal journal;
  private final JournalReader reader;
  private final JournalWriter writer;
  private final BlockEncoder encoder;

  TaskOpener(
      WorkerSpec spec,
      Journal journal,
      JournalReader reader,
      JournalWriter writer,
      BlockEncoder encoder) {
    this.spec = spec;
    this.journal = journal;
    this.reader = reader;
    this.writer = writer;
    this.encoder = encoder;
  }

  /**
   * Takes possession of tasks. One that has a {@link RestoredTask#refusal} afterwards is not this
   * worker's, and nothing was written to its journal. No commit may be under way.
   */
  void open(List<RestoredTask> tasks) {
    readOn(tasks);
    List<RestoredTask> open = unrefused(tasks);
    for (int attempt = 0; !open.isEmpty(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new StateException(
            "TM-3102",
            "others keep taking over the tasks "
                + open.stream().map(task -> task.spec.name().toString()).toList()
                + "; is the same container started twice?");
      }
      fenceFormer(open);
      open = unrefused(open);
      Map<Integer, LocatedBlock> appended = append(open);
      List<RestoredTask> contested = new ArrayList<>();
      for (RestoredTask task : open) {
        if (!isMine(task, appended.get(task.journal.partition()))) {
          contested.add(task);
        }
      }
      open = contested;
    }
    for (RestoredTask task : unrefused(tasks)) {
      task.state.remember(task.remembered());
      task.state.applyChanges();
    }
  }

  /** Reads the journals of all on, up to now; where they end is asked for all at once. */
  private void readOn(List<RestoredTask> tasks) {
    Map<Integer, Long> ends =
        reader.ends(tasks.stream().map(task -> task.journal.partition()).toList());
    for (RestoredTask task : tasks) {
      long end = Objects.requireNonNull(ends.get(task.journal.partition()), "an end");
      task.readOn(reader, end, 0, false);
    }
  }

  /** Who would be refused fences nobody. */
  private List<RestoredTask> unrefused(List<RestoredTask> tasks) {
    List<RestoredTask> may = new ArrayList<>();
    for (RestoredTask task : tasks) {
      if (task.refusal == null) {
        try {
          requireHigherGeneration(task);
          task.nextOpening();
          may.add(task);
        } catch (TidemarkException e) {
          task.refusal = e;
        }
      }
    }
    return may;
  }

  private void requireHigherGeneration(RestoredTask task) {
    long known = task.journal.generation();
    if (task.mine || task.wantedGeneration == 0 || task.wantedGeneration > known) {
      return;
    }
    throw new FencedException(
        "TM-3104",
        String.format(
            "task %s was assigned to %s under generation %d, but its journal is at generation %d,"
                + " of %s: the assignment is out of date, and was not followed",
            task.spec.name(), spec.name(), task.wantedGeneration, known, task.journal.lastWriter()),
        null);
  }

  /**
   * Fences whoever wrote last, until nobody else's block comes any more. A block that came after
   * its writer was fenced is by another writer of the same name, to be fenced too.
   */
  private void fenceFormer(List<RestoredTask> tasks) {
    Set<String> former = formerWriters(tasks);
    while (!former.isEmpty()) {
      for (String writerName : former) {
        LOG.info("Fencing {}, which had tasks of {}", writerName, spec.name());
        journal.fence(writerName);
      }
      readOn(tasks);
      former = formerWriters(tasks);
    }
  }

  /** The others who wrote the last blocks, as far as those have come since the last call. */
  private Set<String> formerWriters(List<RestoredTask> tasks) {
    Set<String> former = new HashSet<>();
    for (RestoredTask task : tasks) {
      String writerName = task.journal.lastWriter();
      boolean news = task.journal.number() > task.fencedNumber;
      boolean goesOn = news && !task.journal.isReleased();
      if (goesOn && writerName != null && !writerName.equals(spec.name())) {
        former.add(writerName);
      }
      task.fencedNumber = task.journal.number();
    }
    return former;
  }

  /** Returns the blocks of a single record, by the journal's partitions. */
  private Map<Integer, LocatedBlock> append(List<RestoredTask> tasks) {
    Failpoint.pass("open.before-opening");
    Map<Integer, Block> single = new HashMap<>();
    Map<SystemStreamPartition, OffsetRange> unread = unread(tasks);
    for (RestoredTask task : tasks) {
      task.positions = positions(task, unread);
      EncodedBlock block =
          task.journal.opening(
              task.wantedGeneration,
              spec.name(),
              task.journalId,
              task.state.now(),
              task.nextOpening(),
              task.positions,
              encoder);
      writer.append(task.journal.partition(), block.records());
      if (block.records().size() == 1) {
        single.put(task.journal.partition(), block.block());
      }
    }
    Map<Integer, Long> places = Committer.await(writer.commit());
    Failpoint.pass("open.after-opening");
    Map<Integer, LocatedBlock> appended = new HashMap<>();
    single.forEach(
        (partition, block) ->
            appended.put(
                partition,
                new LocatedBlock(block, Objects.requireNonNull(places.get(partition), "a place"))));
    return appended;
  }

  /**
   * Whether this worker's opening block counts. If it is one record and begins where the journal
   * was read to, it does: everything before it is known. What may follow it need not be looked at,
   * as whoever wrote that has fenced this worker before, and so ends it with its next commit.
   * Otherwise the journal is read on, to see what came in between.
   *
   * @param appended the opening block, if it is one record
   * @throws FencedException if it counts and another's follows: the other has fenced this worker
   *     before, and to fence it in turn would leave nobody
   */
  private boolean isMine(RestoredTask task, @Nullable LocatedBlock appended) {
    if (appended != null && appended.position() == task.journal.position()) {
      task.appended(appended);
      task.mine = true;
      return true;
    }
    long opening = task.journal.number() + 1;
    task.readOn(reader, false);
    if (task.ownNumber == opening && task.journal.number() > opening) {
      throw new FencedException(
          "TM-3101",
          String.format(
              "another process, %s, took over task %s from %s; this one must stop",
              task.journal.lastWriter(), task.spec.name(), spec.name()),
          null);
    }
    task.mine = task.ownNumber == opening;
    return task.mine;
  }

  /** What inputs hold now that were never read; asked for all tasks at once. */
  private Map<SystemStreamPartition, OffsetRange> unread(List<RestoredTask> tasks) {
    Set<SystemStreamPartition> unread = new HashSet<>();
    for (RestoredTask task : tasks) {
      Set<SystemStreamPartition> known = task.journal.positions().keySet();
      task.spec.inputs().keySet().stream()
          .filter(partition -> !known.contains(partition))
          .forEach(unread::add);
    }
    return spec.offsets(unread);
  }

  private static Map<SystemStreamPartition, String> positions(
      RestoredTask task, Map<SystemStreamPartition, OffsetRange> unread) {
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    task.spec
        .inputs()
        .forEach(
            (partition, input) -> {
              String committed = task.journal.positions().get(partition);
              positions.put(
                  partition,
                  committed != null
                      ? committed
                      : startOffset(
                          Objects.requireNonNull(unread.get(partition), "what it holds"),
                          input.fromOldest() || knows(task, partition)));
            });
    return positions;
  }

  /** Where to start a partition that was never read. */
  private static String startOffset(OffsetRange range, boolean fromOldest) {
    return fromOldest ? range.oldest() : range.end();
  }

  /** Whether the task read other partitions of the stream before: then this one was added. */
  private static boolean knows(RestoredTask task, SystemStreamPartition partition) {
    return task.journal.positions().keySet().stream()
        .anyMatch(known -> known.getSystemStream().equals(partition.getSystemStream()));
  }
}
