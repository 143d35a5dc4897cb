package io.tidemark.rpc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;

/** What tells this process from others. */
final class ThisProcess {
  static final String HOST = hostName();

  private ThisProcess() {}

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  static long id() {
    return ProcessHandle.current().pid();
  }

  /** When a process began, in milliseconds since 1970; 0 if the system does not tell. */
  static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  static long started() {
    return started(ProcessHandle.current());
  }

  /** Whether a process of this machine goes on. */
  static boolean isRunning(long id, long started) {
    Optional<ProcessHandle> process = ProcessHandle.of(id);
    return process.isPresent() && process.get().isAlive() && started(process.get()) == started;
  }
}
