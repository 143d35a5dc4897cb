package io.tidemark.checkpoint;

import io.tidemark.system.Failpoint;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings the files of one snapshot to the blob store: those whose bytes no completed checkpoint has
 * yet, several at the same time, small ones together in one blob. One object per snapshot; {@link
 * #put} is called once.
 */
final class Uploads {
  private static final int BUFFER = 1 << 18;
  private static final int MOST_PACKED_BYTES = 4 << 20;

  private final SnapshotSettings settings;
  private final BlobStore blobs;
  private final Executor executor;
  private final RateLimit limit;
  private final Hashes hashes;

  /** What completed checkpoints have, and what this snapshot has written. */
  private final Map<Content, Place> known = new ConcurrentHashMap<>();

  private final AtomicLong bytesUploaded = new AtomicLong();
  private final AtomicInteger blobsUploaded = new AtomicInteger();
  private int filesShared;

  /** What is in a file. */
  record Content(String sha256, long size) {}

  /** Where content is in the blob store. */
  record Place(String blob, long offset) {}

  /** A file's content and where it is in the blob store. */
  record Stored(Content content, Place place) {}

  Uploads(
      SnapshotSettings settings,
      BlobStore blobs,
      Executor executor,
      RateLimit limit,
      Hashes hashes) {
    this.settings = settings;
    this.blobs = blobs;
    this.executor = executor;
    this.limit = limit;
    this.hashes = hashes;
  }

  /** Says that a completed checkpoint has what a manifest names. */
  void know(TaskManifest manifest) {
    for (EngineManifest engine : manifest.engines()) {
      for (FileRef file : engine.files()) {
        known.put(new Content(file.sha256(), file.size()), new Place(file.blob(), file.offset()));
      }
    }
    for (SegmentRef segment : manifest.segments()) {
      if (segment.size() > 0) {
        known.put(
            new Content(segment.sha256(), segment.size()),
            new Place(segment.blob(), segment.offset()));
      }
    }
  }

  /**
   * Writes what is not there yet.
   *
   * @param files the files
   * @param beside what else is to be done at the same time
   * @return where each file's content is
   */
  Map<Path, Stored> put(Collection<Path> files, List<Runnable> beside) {
    Map<Path, Content> contents = contents(files, beside);
    List<Runnable> puts = new ArrayList<>();
    List<Path> small = new ArrayList<>();
    for (var file : contents.entrySet()) {
      Content content = file.getValue();
      Place own = new Place(Hashes.blob(content.sha256()), 0);
      if (known.putIfAbsent(content, own) != null) {
        filesShared++;
      } else if (content.size() < settings.smallFileBytes()) {
        small.add(file.getKey());
      } else {
        puts.add(() -> put(own.blob(), new LimitedFile(file.getKey(), content.size())));
      }
    }
    if (small.size() == 1) {
      Content alone = Objects.requireNonNull(contents.get(small.get(0)));
      puts.add(() -> put(Hashes.blob(alone.sha256()), new LimitedFile(small.get(0), alone.size())));
    } else if (!small.isEmpty()) {
      puts.addAll(pack(small, contents));
    }
    Failpoint.pass("snapshot.before-upload");
    Parallel.run(executor, settings.threads(), puts);
    Failpoint.pass("snapshot.after-upload");
    Map<Path, Stored> stored = new LinkedHashMap<>();
    contents.forEach((file, content) -> stored.put(file, new Stored(content, place(content))));
    return stored;
  }

  private Place place(Content content) {
    Place place = known.get(content);
    if (place == null) {
      throw new IllegalStateException("the file with hash " + content.sha256() + " was left out");
    }
    return place;
  }

  private Map<Path, Content> contents(Collection<Path> files, List<Runnable> beside) {
    Map<Path, Content> contents = new ConcurrentHashMap<>();
    List<Runnable> work = new ArrayList<>(beside);
    for (Path file : files) {
      work.add(
          () -> {
            try {
              contents.put(file, new Content(hashes.of(file), Files.size(file)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    Parallel.run(executor, settings.threads(), work);
    Map<Path, Content> inOrder = new LinkedHashMap<>();
    files.forEach(file -> inOrder.put(file, contents.get(file)));
    return inOrder;
  }

  /** Puts small files into as few blobs as they fit into. */
  private List<Runnable> pack(List<Path> small, Map<Path, Content> contents) {
    List<Runnable> puts = new ArrayList<>();
    Map<Content, Long> offsets = new LinkedHashMap<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Path file : small) {
      if (bytes.size() > MOST_PACKED_BYTES) {
        puts.add(packed(bytes.toByteArray(), offsets));
        bytes.reset();
        offsets = new LinkedHashMap<>();
      }
      offsets.put(contents.get(file), (long) bytes.size());
      try {
        bytes.write(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    puts.add(packed(bytes.toByteArray(), offsets));
    return puts;
  }

  private Runnable packed(byte[] bytes, Map<Content, Long> offsets) {
    String blob = Hashes.blob(Hashes.of(bytes));
    offsets.forEach((content, offset) -> known.put(content, new Place(blob, offset)));
    return () -> {
      limit.take(bytes.length);
      put(blob, BlobStore.Source.of(bytes));
    };
  }

  private void put(String blob, BlobStore.Source source) {
    Failpoint.pass("snapshot.within-upload");
    blobs.put(blob, source);
    bytesUploaded.addAndGet(source.size());
    blobsUploaded.incrementAndGet();
  }

  long bytesUploaded() {
    return bytesUploaded.get();
  }

  int blobsUploaded() {
    return blobsUploaded.get();
  }

  int filesShared() {
    return filesShared;
  }

  /** A file, read no faster than the limit allows. */
  private final class LimitedFile implements BlobStore.Source {
    private final Path file;
    private final long size;

    LimitedFile(Path file, long size) {
      this.file = file;
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public InputStream open() throws IOException {
      return new FilterInputStream(Files.newInputStream(file)) {
        @Override
        public int read(byte[] target, int from, int length) throws IOException {
          int read = in.read(target, from, Math.min(length, BUFFER));
          limit.take(read);
          return read;
        }
      };
    }
  }
}
