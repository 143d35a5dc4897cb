package io.tidemark.runtime;

import io.tidemark.api.Header;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task puts on each record that it sends to an intermediate stream: the timeline that it is
 * on, and the last cut that it has made. Confined to the worker.
 *
 * <p>It is the header {@code tm}, two unsigned varints.
 */
final class Stamp {
  private static final String NAME = "tm";

  private final int timeline;
  private long cut;
  private @Nullable Header header;

  /** What a record says of its sender. */
  record Reading(int timeline, long cut) {}

  Stamp(int timeline, long cut) {
    this.timeline = timeline;
    this.cut = cut;
  }

  /** The last cut that the task has made; 0 if none. */
  long cut() {
    return cut;
  }

  /** The task has made a cut. */
  void cut(long made) {
    cut = made;
    header = null;
  }

  /** The headers of a record with the stamp after its own. */
  List<Header> on(List<Header> own) {
    Header stamp = header();
    if (own.isEmpty()) {
      return List.of(stamp);
    }
    List<Header> all = new ArrayList<>(own);
    all.add(stamp);
    return all;
  }

  private Header header() {
    Header known = header;
    if (known == null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(8);
      write(timeline, bytes);
      write(cut, bytes);
      known = new Header(NAME, bytes.toByteArray());
      header = known;
    }
    return known;
  }

  private static void write(long number, ByteArrayOutputStream bytes) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  /** What the last stamp among a record's headers says; null if there is none that can be read. */
  static @Nullable Reading read(List<Header> headers) {
    for (int i = headers.size() - 1; i >= 0; i--) {
      Header found = headers.get(i);
      if (found.name().equals(NAME)) {
        return found.value() == null ? null : new Numbers(found.value()).reading();
      }
    }
    return null;
  }

  /** Headers without stamps. */
  static List<Header> without(List<Header> headers) {
    return headers.stream().filter(header -> !header.name().equals(NAME)).toList();
  }

  /** Reads varints one after another. */
  private static final class Numbers {
    private final byte[] bytes;
    private int next;
    private boolean readable = true;

    Numbers(byte[] bytes) {
      this.bytes = bytes;
    }

    @Nullable Reading reading() {
      long timeline = number();
      long cut = number();
      boolean whole = readable && next == bytes.length && timeline <= Integer.MAX_VALUE && cut >= 0;
      return whole ? new Reading((int) timeline, cut) : null;
    }

    private long number() {
      long value = 0;
      for (int shift = 0; shift < 63 && next < bytes.length; shift += 7) {
        byte b = bytes[next++];
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return value;
        }
      }
      readable = false;
      return 0;
    }
  }
}
