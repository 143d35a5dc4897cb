package io.tidemark.container;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of containers' sessions: {@code HOST/PROCESS/STARTED/RANDOM}, so that on the same
 * machine it can be told whether the process of one is gone.
 */
final class Sessions {
  /** This machine, as it calls itself. */
  static final String HOST = host();

  private static final Pattern SESSION =
      Pattern.compile("([^/]*)/(\\d{1,18})/(\\d{1,18})/([0-9a-f]+)");

  private Sessions() {}

  /** A name for a new session of this process. */
  static String begin() {
    ProcessHandle self = ProcessHandle.current();
    String random = UUID.randomUUID().toString().substring(0, 8);
    return HOST + "/" + self.pid() + "/" + started(self) + "/" + random;
  }

  /** What tells the session's writers from those of others. */
  static String incarnation(String session) {
    return session.substring(session.lastIndexOf('/') + 1);
  }

  /** Whether it is a session of this process of this machine. */
  static boolean isOf(String session, long pid) {
    return session.startsWith(HOST + "/" + pid + "/");
  }

  /** Whether it is known that the session's process does not run any more. */
  static boolean isGone(String session) {
    Matcher parts = SESSION.matcher(session);
    if (!parts.matches() || !parts.group(1).equals(HOST)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(parts.group(2)));
    return process.isEmpty()
        || !process.get().isAlive()
        || started(process.get()) != Long.parseLong(parts.group(3));
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
