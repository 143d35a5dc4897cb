package io.tidemark.systems.kafka.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How one broker is run: everything but its ports. Below {@code directory}, {@code data} is Kafka's
 * log directory, {@code tmp} takes the native libraries that Kafka unpacks, and {@code broker.log}
 * what the broker prints.
 */
record BrokerCommand(
    Path directory,
    BrokerLibrary library,
    BrokerTuning tuning,
    int heapMegabytes,
    Map<String, String> settings) {

  Path log() {
    return directory.resolve("broker.log");
  }

  Path temporary() {
    return directory.resolve("tmp");
  }

  List<String> line(Ports ports) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(tuning.jvmOptions());
    line.add("-Xmx" + heapMegabytes + "m");
    line.add("-XX:-UsePerfData");
    line.add("-XX:+ExitOnOutOfMemoryError");
    line.add("-Djava.awt.headless=true");
    line.add("-Djava.io.tmpdir=" + temporary());
    line.add("-Dlogback.configurationFile=io/tidemark/systems/kafka/broker/broker-logback.xml");
    line.add("-cp");
    line.add(library.classpath());
    line.add(BrokerProcess.class.getPackageName() + ".BrokerMain");
    line.add(directory.toString());
    line.add(Integer.toString(ports.broker()));
    line.add(Integer.toString(ports.controller()));
    line.addAll(tuning.settings());
    settings.forEach((key, value) -> line.add(key + "=" + value));
    return line;
  }
}
