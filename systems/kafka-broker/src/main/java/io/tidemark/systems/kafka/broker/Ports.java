package io.tidemark.systems.kafka.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The two loopback ports of a node.
 *
 * <p>Free ports are taken from below the range that systems give to outgoing connections (32768 and
 * up on Linux, 49152 and up elsewhere). A port of that range, which binding to port 0 would choose,
 * can be lost while a broker is down: clients that try to reconnect are given arbitrary ports of
 * the range as their own, the broker's among them.
 */
record Ports(int broker, int controller) {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_700;
  private static final int ATTEMPTS = 1_000;

  Ports {
    if (broker < 1
        || broker > 65_535
        || controller < 1
        || controller > 65_535
        || broker == controller) {
      throw new IllegalArgumentException(
          "Not two different ports: " + broker + " and " + controller);
    }
  }

  /** Two ports that nobody listened on just now; another process may still be quicker. */
  static Ports free() {
    int broker = freePortOtherThan(0);
    return new Ports(broker, freePortOtherThan(broker));
  }

  boolean areFree() {
    return isFree(broker) && isFree(controller);
  }

  private static int freePortOtherThan(int taken) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (port != taken && isFree(port)) {
        return port;
      }
    }
    throw new LocalKafkaException(
        "No free loopback port between " + LOWEST + " and " + HIGHEST + ".");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(loopback(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(BrokerSettings.HOST, port);
  }
}
