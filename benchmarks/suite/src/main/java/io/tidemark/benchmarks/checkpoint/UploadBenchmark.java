package io.tidemark.benchmarks.checkpoint;

import io.tidemark.checkpoint.FileBlobStore;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes checkpoints write to the blob store: the first one, one after nothing was touched,
 * and several that follow each other after random keys and after neighbouring keys were touched.
 * Fails if a checkpoint of nothing touched writes anything.
 *
 * <p>Arguments: a directory, the number of entries, the percentage of keys to touch before each
 * checkpoint, and the number of checkpoints.
 */
public final class UploadBenchmark {
  private final FilledTask task;
  private final FileBlobStore blobs;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final SplittableRandom random = new SplittableRandom(11);
  private @Nullable TaskManifest former;

  private UploadBenchmark(FilledTask task, FileBlobStore blobs) {
    this.task = task;
    this.blobs = blobs;
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "upload");
    int entries = Integer.parseInt(arguments[1]);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(512L << 20);
        FileBlobStore blobs = new FileBlobStore(root.resolve("blobs"), System::currentTimeMillis);
        FilledTask task = new FilledTask(factory, root.resolve("state"), entries)) {
      new UploadBenchmark(task, blobs)
          .run(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    } finally {
      Measured.delete(root);
    }
  }

  private void run(int percent, int checkpoints) throws Exception {
    System.out.println(Measured.machine());
    System.out.println("| touched | state MiB | written MiB | of the state | blobs | ms |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
    int touched = (int) (task.entries() / 100L * percent);
    try {
      take("all (the first)");
      if (take("nothing") != 0) {
        throw new IllegalStateException("bytes were written though nothing was touched");
      }
      for (int i = 0; i < checkpoints; i++) {
        task.touch(touched, any -> random.nextInt(task.entries()));
        take(percent + " % at random");
      }
      for (int i = 0; i < checkpoints; i++) {
        int first = i * touched;
        task.touch(touched, number -> (first + number) % task.entries());
        take(percent + " % that are neighbours");
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private long take(String touched) {
    long begun = System.nanoTime();
    TaskManifest manifest = task.take(blobs, threads, former);
    former = manifest;
    long state = (long) task.entries() * (FilledTask.VALUE_BYTES + 10);
    long written = manifest.work().bytesUploaded();
    System.out.printf(
        "| %s | %d | %d | %.1f %% | %d | %d |%n",
        touched,
        state >> 20,
        written >> 20,
        100.0 * written / state,
        manifest.work().filesUploaded(),
        Measured.millisSince(begun));
    return written;
  }
}
