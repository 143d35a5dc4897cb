package io.tidemark.checkpoint;

import io.tidemark.checkpoint.BlobStore.Stat;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the files of blobs; what is deleted meanwhile may or may not be among them. */
final class FileListing extends SimpleFileVisitor<Path> {
  private final Path root;
  private final Path start;
  private final List<Stat> found = new ArrayList<>();

  private FileListing(Path root, Path start) {
    this.root = root;
    this.start = start;
  }

  /** The blobs below a directory, in the order of their names. */
  static List<Stat> of(Path root, Path start) throws IOException {
    FileListing listing = new FileListing(root, start);
    Files.walkFileTree(start, listing);
    listing.found.sort(Comparator.comparing(Stat::name));
    return listing.found;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    return directory.equals(start) || !isHidden(directory)
        ? FileVisitResult.CONTINUE
        : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && !isHidden(file)) {
      String name = root.relativize(file).toString().replace(File.separatorChar, '/');
      found.add(FileBlobStore.stat(name, attributes));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  private static boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }
}
