package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The blobs that manifests name. */
final class Blobs {
  static final String PREFIX = "blobs/";

  private Blobs() {}

  /**
   * A piece of a blob that a manifest names.
   *
   * @param what it is, for messages
   * @param blob the blob
   * @param offset where it begins
   * @param size in bytes
   * @param sha256 of its bytes
   */
  record Piece(String what, String blob, long offset, long size, String sha256) {
    long end() {
      return offset + size;
    }
  }

  static Stream<Piece> pieces(CheckpointManifest manifest) {
    return manifest.tasks().stream().flatMap(Blobs::pieces);
  }

  static Stream<Piece> pieces(TaskManifest task) {
    Stream<Piece> files =
        task.engines().stream()
            .flatMap(
                engine ->
                    engine.files().stream()
                        .map(
                            file ->
                                new Piece(
                                    String.format(
                                        "the file %s of the %s engine of task %s",
                                        file.name(), engine.type(), task.task()),
                                    file.blob(),
                                    file.offset(),
                                    file.size(),
                                    file.sha256())));
    Stream<Piece> segments =
        task.segments().stream()
            .filter(segment -> segment.size() > 0)
            .map(
                segment ->
                    new Piece(
                        String.format(
                            "the journal of task %s from block %d to %d",
                            task.task(), segment.from(), segment.to()),
                        segment.blob(),
                        segment.offset(),
                        segment.size(),
                        segment.sha256()));
    return Stream.concat(files, segments);
  }

  /** The blobs that a manifest names, and the least size that each must have. */
  static Map<String, Long> sizes(Stream<Piece> pieces) {
    Map<String, Long> sizes = new TreeMap<>();
    pieces.forEach(piece -> sizes.merge(piece.blob, piece.end(), Math::max));
    return sizes;
  }

  /**
   * Looks whether all blobs of a checkpoint are there, without reading them.
   *
   * @throws CheckpointVerificationException (TM-8202) that names one that is not
   */
  static void requireAll(BlobStore blobs, CheckpointManifest manifest) {
    sizes(pieces(manifest))
        .forEach(
            (blob, size) -> {
              BlobStore.Stat stat = blobs.stat(blob);
              if (stat == null || stat.size() < size) {
                throw new CheckpointVerificationException(
                    CheckpointVerificationException.MISSING,
                    "the blob " + blob + " of " + Location.of(manifest),
                    "at least " + size + " bytes",
                    stat == null ? "nothing" : stat.size() + " bytes",
                    null);
              }
            });
  }
}
