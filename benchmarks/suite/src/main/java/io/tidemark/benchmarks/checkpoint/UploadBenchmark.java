package io.tidemark.benchmarks.checkpoint;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.FileBlobStore;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the checkpoints of a job write to the blob store: the first one, one after nothing
 * was touched, and several that follow each other after random keys and after neighbouring keys
 * were touched. Fails if a checkpoint of nothing touched writes anything.
 *
 * <p>Arguments: a directory, the number of entries, how many tasks share them, the percentage of
 * keys to touch before each checkpoint, and the number of checkpoints.
 */
public final class UploadBenchmark {
  private final List<FilledTask> tasks = new ArrayList<>();
  private final List<@Nullable TaskManifest> formers = new ArrayList<>();
  private final FileBlobStore blobs;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final SplittableRandom random = new SplittableRandom(11);
  private final int entries;

  private UploadBenchmark(
      RocksDbEngineFactory factory, Path root, FileBlobStore blobs, int entries, int count)
      throws IOException {
    this.blobs = blobs;
    this.entries = entries;
    for (int task = 0; task < count; task++) {
      Path directory = root.resolve("state-" + task);
      tasks.add(new FilledTask(factory, directory, entries / count, new TaskName("main", task)));
      formers.add(null);
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "upload");
    int entries = Integer.parseInt(arguments[1]);
    int tasks = Integer.parseInt(arguments[2]);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(512L << 20);
        FileBlobStore blobs = new FileBlobStore(root.resolve("blobs"), System::currentTimeMillis)) {
      new UploadBenchmark(factory, root, blobs, entries, tasks)
          .run(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    } finally {
      Measured.delete(root);
    }
  }

  private void run(int percent, int checkpoints) throws Exception {
    System.out.println(Measured.machine());
    System.out.println("| touched | state MiB | written MiB | of the state | blobs | ms |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
    try {
      take("all (the first)");
      if (take("nothing") != 0) {
        throw new IllegalStateException("bytes were written though nothing was touched");
      }
      long atRandom = 0;
      for (int i = 0; i < checkpoints; i++) {
        touch(percent, (task, any) -> number -> random.nextInt(task.entries()));
        atRandom += take(percent + " % at random");
      }
      mean("at random", atRandom, checkpoints);
      long neighbours = 0;
      for (int i = 0; i < checkpoints; i++) {
        int round = i;
        touch(
            percent,
            (task, count) -> number -> (int) (((long) round * count + number) % task.entries()));
        neighbours += take(percent + " % that are neighbours");
      }
      mean("neighbours", neighbours, checkpoints);
    } finally {
      threads.shutdownNow();
      tasks.forEach(FilledTask::close);
    }
  }

  /** Chooses the keys of a task, of which it takes so many. */
  private interface Choice {
    IntUnaryOperator of(FilledTask task, int count);
  }

  private void touch(int percent, Choice choice) throws Exception {
    for (FilledTask task : tasks) {
      int count = (int) (task.entries() / 100L * percent);
      task.touch(count, choice.of(task, count));
    }
  }

  private long take(String touched) {
    long begun = System.nanoTime();
    long written = 0;
    long files = 0;
    for (int task = 0; task < tasks.size(); task++) {
      TaskManifest manifest = tasks.get(task).take(blobs, threads, formers.get(task));
      formers.set(task, manifest);
      written += manifest.work().bytesUploaded();
      files += manifest.work().filesUploaded();
    }
    System.out.printf(
        "| %s | %d | %d | %.1f %% | %d | %d |%n",
        touched,
        state() >> 20,
        written >> 20,
        100.0 * written / state(),
        files,
        Measured.millisSince(begun));
    return written;
  }

  private void mean(String touched, long written, int checkpoints) {
    System.out.printf(
        "In the mean, %s: %.1f %%%n%n", touched, 100.0 * written / checkpoints / state());
  }

  private long state() {
    return (long) entries * (FilledTask.VALUE_BYTES + 10);
  }
}
