package io.tidemark.snapshots.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Stands between a client of S3 and the server, one request per connection, and spoils requests as
 * a script says.
 */
final class BadNetwork implements AutoCloseable {
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final ServerSocket listener;
  private final int serverPort;
  private final Function<String, Fault> script;
  private final List<String> spoiled = Collections.synchronizedList(new ArrayList<>());

  /** What happens to a request. */
  enum Fault {
    NONE,
    /** The server says that it has too much to do. */
    THROTTLED,
    /** The server says that it failed. */
    SERVER_ERROR,
    /** The connection ends before the server has the request. */
    CUT_BEFORE,
    /** The server has done it; the connection ends before the response comes. */
    LOST_RESPONSE,
    /** The connection ends in the middle of the response's body. */
    CUT_WITHIN,
    /** Somebody says that it is done, without looking at it. */
    TOLD_DONE
  }

  /**
   * @param script from the first line of a request to what happens to it
   */
  BadNetwork(int serverPort, Function<String, Fault> script) throws IOException {
    this.serverPort = serverPort;
    this.script = script;
    this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The requests to which something happened. */
  List<String> spoiled() {
    return spoiled;
  }

  private static void daemon(Runnable run) {
    Thread thread = new Thread(run, "bad-network");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        daemon(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      if (head.isEmpty()) {
        return;
      }
      String line = head.substring(0, head.indexOf("\r\n"));
      Fault fault = script.apply(line);
      if (fault != Fault.NONE) {
        spoiled.add(fault + " " + line);
      }
      if (fault == Fault.CUT_BEFORE) {
        return;
      }
      OutputStream out = client.getOutputStream();
      if (head.toLowerCase(java.util.Locale.ROOT).contains("expect: 100-continue")) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
      byte[] body = in.readNBytes(contentLength(head));
      switch (fault) {
        case THROTTLED -> answer(out, 503, "SlowDown");
        case TOLD_DONE -> answer(out, 200, "OK");
        case SERVER_ERROR -> answer(out, 500, "InternalError");
        default -> {
          byte[] response = forward(head, body);
          int size =
              fault == Fault.LOST_RESPONSE
                  ? 0
                  : fault == Fault.CUT_WITHIN ? middleOfBody(response) : response.length;
          out.write(response, 0, size);
        }
      }
      out.flush();
    } catch (IOException e) {
      // The client sees it, too.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < HEAD_END.length) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.write(next);
      matched = next == HEAD_END[matched] ? matched + 1 : next == HEAD_END[0] ? 1 : 0;
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  private static int middleOfBody(byte[] response) {
    int body = new String(response, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    return (body + response.length) / 2;
  }

  private static int contentLength(String head) {
    for (String line : head.split("\r\n")) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).trim());
      }
    }
    return 0;
  }

  private byte[] forward(String head, byte[] body) throws IOException {
    StringBuilder forwarded = new StringBuilder();
    for (String line : head.split("\r\n")) {
      if (!line.regionMatches(true, 0, "connection:", 0, 11)
          && !line.regionMatches(true, 0, "expect:", 0, 7)) {
        forwarded.append(line).append("\r\n");
      }
    }
    forwarded.append("Connection: close\r\n\r\n");
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
      OutputStream out = server.getOutputStream();
      out.write(forwarded.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      return server.getInputStream().readAllBytes();
    }
  }

  private static void answer(OutputStream out, int status, String code) throws IOException {
    String body = "<Error><Code>" + code + "</Code><Message>as a test wants it</Message></Error>";
    String response =
        "HTTP/1.1 "
            + status
            + " "
            + code
            + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    out.write(response.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
