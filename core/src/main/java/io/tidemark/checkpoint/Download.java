package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * One file that is brought from the blob store straight to where it belongs, its size and hash
 * verified on the way. Whoever needs it on disk forces it.
 *
 * @param what names the file in messages
 * @param size how many bytes it has
 * @param sha256 of its bytes
 * @param blob where they are
 * @param offset where in the blob they begin
 * @param target the file to write
 */
record Download(String what, long size, String sha256, String blob, long offset, Path target) {
  private static final int BUFFER = 1 << 18;

  static Download of(String engine, FileRef file, Path directory) {
    Path target = directory.resolve(file.name()).normalize();
    if (!target.startsWith(directory) || target.equals(directory)) {
      throw new CheckpointVerificationException(
          CheckpointVerificationException.STRUCTURE,
          "a file of the engine " + engine,
          "a name within the engine's directory",
          file.name(),
          null);
    }
    String what = "the file " + engine + "/" + file.name() + " (blob " + file.blob() + ")";
    return new Download(what, file.size(), file.sha256(), file.blob(), file.offset(), target);
  }

  static Download of(SegmentRef segment, Path directory) {
    return new Download(
        what(segment),
        segment.size(),
        segment.sha256(),
        segment.blob(),
        segment.offset(),
        file(segment, directory));
  }

  static String what(SegmentRef segment) {
    return String.format(
        "the journal segment %d to %d (blob %s)", segment.from(), segment.to(), segment.blob());
  }

  static Path file(SegmentRef segment, Path directory) {
    return directory.resolve(segment.from() + ".segment");
  }

  /**
   * Does it.
   *
   * @throws CheckpointVerificationException (TM-8201) if the bytes are not those, (TM-8202) if the
   *     blob is not there
   */
  void run(BlobStore blobs, ProgressReport progress) {
    Failpoint.pass("restore.within-download");
    try (InputStream in = blobs.open(blob, offset);
        FileChannel out = create()) {
      copy(in, out, progress);
    } catch (BlobStoreException e) {
      throw verified(e);
    } catch (IOException e) {
      throw new UncheckedIOException(what + ": " + e.getMessage(), e);
    }
  }

  private FileChannel create() throws IOException {
    Files.createDirectories(Objects.requireNonNull(target.getParent()));
    return FileChannel.open(
        target,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** What a failure of the store says about the checkpoint, if it says anything. */
  private RuntimeException verified(BlobStoreException e) {
    return switch (e.code()) {
      case BlobStoreException.NOT_FOUND ->
          new CheckpointVerificationException(
              CheckpointVerificationException.MISSING, what, size + " bytes", "no such blob", e);
      case BlobStoreException.TAMPERED ->
          new CheckpointVerificationException(
              CheckpointVerificationException.DAMAGED,
              what,
              "bytes that decrypt",
              "others: " + e.getMessage(),
              e);
      default -> e;
    };
  }

  private int read(InputStream in, byte[] buffer, long left) {
    try {
      return in.readNBytes(buffer, 0, (int) Math.min(left, BUFFER));
    } catch (IOException e) {
      throw new BlobStoreException(
          BlobStoreException.UNREACHABLE, what + " cannot be read to its end: " + e, e);
    }
  }

  private void copy(InputStream in, FileChannel out, ProgressReport progress) throws IOException {
    MessageDigest digest = Hashes.sha256();
    byte[] buffer = new byte[BUFFER];
    long left = size;
    while (left > 0) {
      int read = read(in, buffer, left);
      if (read == 0) {
        throw damaged(size + " bytes", (size - left) + " bytes");
      }
      digest.update(buffer, 0, read);
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      left -= read;
      progress.add(read);
    }
    String found = Hashes.hex(digest);
    if (!found.equals(sha256)) {
      throw damaged("SHA-256 " + sha256, found);
    }
  }

  private CheckpointVerificationException damaged(String expected, String found) {
    return new CheckpointVerificationException(
        CheckpointVerificationException.DAMAGED, what, expected, found, null);
  }
}
