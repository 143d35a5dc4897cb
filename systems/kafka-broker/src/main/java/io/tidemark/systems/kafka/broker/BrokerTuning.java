package io.tidemark.systems.kafka.broker;

import java.util.List;

/** What a broker's JVM is tuned for. */
public enum BrokerTuning {
  /**
   * Ready soon and cheap to run beside others, for tests: the first compiler only, the serial
   * collector, and a broker session of 2 s, so that a killed broker is back in 3 to 4 s (the
   * controller lets nobody take the place of a broker whose session is still alive).
   */
  QUICK_START(
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
      List.of("broker.session.timeout.ms=2000", "broker.heartbeat.interval.ms=500")),

  /**
   * Fast when warm, for the demo and for benchmarks: all compilers, the G1 collector, Kafka's own
   * session timeout of 9 s (a killed broker is back in about 12 s).
   */
  THROUGHPUT(List.of("-XX:+UseG1GC"), List.of());

  private final List<String> jvmOptions;
  private final List<String> settings;

  BrokerTuning(List<String> jvmOptions, List<String> settings) {
    this.jvmOptions = jvmOptions;
    this.settings = settings;
  }

  List<String> jvmOptions() {
    return jvmOptions;
  }

  List<String> settings() {
    return settings;
  }
}
