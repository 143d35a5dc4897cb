package io.tidemark.examples.traffic;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import java.util.Objects;

/**
 * Counts a website's traffic from its access log. Input: one log line per message, keyed by the
 * client's host, so that one task sees all of a client's requests in order.
 *
 * <ul>
 *   <li>Store {@code visitors}: what each client did so far.
 *   <li>Store {@code pages}: this task's share of each page's requests.
 *   <li>Output {@code visits}, keyed by host: one record per request, with the running number of
 *       the client's request and session.
 *   <li>Output {@code sessions}, keyed by host: one record whenever a session begins.
 * </ul>
 *
 * <p>A line that is no log line fails with {@link MalformedLogLineException} before anything is
 * changed; the input's policy sends it to the dead-letter stream.
 */
@SuppressWarnings("NullAway.Init") // init sets the stores before the first record
public final class WebsiteTrafficTask implements StreamTask, InitableTask {
  private static final SystemStream VISITS = new SystemStream("kafka", "visits");
  private static final SystemStream SESSIONS = new SystemStream("kafka", "sessions");

  private KeyValueStore<String, Visitor> visitors;
  private KeyValueStore<String, PageCount> pages;

  @Override
  public void init(Context context) {
    visitors = context.getTaskContext().getStore("visitors");
    pages = context.getTaskContext().getStore("pages");
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    String message =
        (String) Objects.requireNonNull(envelope.getMessage(), "a record without a line");
    AccessLogLine line = AccessLogLine.parse(message);
    String path = line.path();

    Visitor before = visitors.get(line.host());
    Visitor visitor = before == null ? Visitor.arrivingWith(line) : before.requesting(line);
    visitors.put(line.host(), visitor);

    PageCount count = pages.get(path);
    pages.put(path, (count == null ? PageCount.NONE : count).viewedBy(line));

    if (before == null || before.sessions() < visitor.sessions()) {
      String session = sessionJson(visitor, line, path);
      collector.send(new OutgoingMessageEnvelope(SESSIONS, line.host(), session));
    }
    collector.send(
        new OutgoingMessageEnvelope(VISITS, line.host(), visitJson(visitor, line, path)));
  }

  private static String visitJson(Visitor visitor, AccessLogLine line, String path) {
    StringBuilder json = new StringBuilder(96 + path.length());
    json.append("{\"request\":").append(visitor.requests());
    json.append(",\"session\":").append(visitor.sessions());
    json.append(",\"path\":");
    JsonText.append(json, path);
    json.append(",\"status\":").append(line.status());
    json.append(",\"bytes\":").append(line.bytesSent());
    return json.append('}').toString();
  }

  private static String sessionJson(Visitor visitor, AccessLogLine line, String path) {
    StringBuilder json = new StringBuilder(64 + path.length());
    json.append("{\"session\":").append(visitor.sessions());
    json.append(",\"began\":").append(line.epochSecond());
    json.append(",\"path\":");
    JsonText.append(json, path);
    return json.append('}').toString();
  }
}
