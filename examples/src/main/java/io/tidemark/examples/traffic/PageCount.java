package io.tidemark.examples.traffic;

/**
 * What the job keeps of one page: the share of the requests that one task saw.
 *
 * @param views how often it was asked for
 * @param bytes how many bytes were sent in answer
 */
public record PageCount(long views, long bytes) {

  static final PageCount NONE = new PageCount(0, 0);

  PageCount viewedBy(AccessLogLine line) {
    return new PageCount(views + 1, bytes + line.bytesSent());
  }
}
