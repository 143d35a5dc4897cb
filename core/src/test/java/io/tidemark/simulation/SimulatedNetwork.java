package io.tidemark.simulation;

import io.tidemark.api.TidemarkException;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is between containers and their coordinator. A status may be lost, or come twice, or again
 * when a later one has come; orders may be lost, or be older than some that came before.
 */
final class SimulatedNetwork {
  private final SimulatedTime time;
  private final Supplier<@Nullable Coordination> coordinator;
  private final Set<SimulatedProcess> cutOff = new HashSet<>();
  private Weather weather = Weather.CALM;

  /**
   * How bad it is; each is a chance in a thousand.
   *
   * @param lost that a status does not arrive
   * @param unanswered that it arrives, and the orders do not
   * @param repeated that it comes again, up to {@code longestMs} later
   * @param stale that the orders of the exchange before come instead of the right ones
   * @param longestMs the longest delay of what is repeated
   */
  record Weather(int lost, int unanswered, int repeated, int stale, long longestMs) {
    static final Weather CALM = new Weather(0, 0, 0, 0, 0);

    /** All of it, each with chances drawn anew. */
    static Weather drawn(SimulatedTime time) {
      return new Weather(
          (int) time.upTo(200),
          (int) time.upTo(200),
          (int) time.upTo(200),
          (int) time.upTo(200),
          1 + time.upTo(20_000));
    }
  }

  /**
   * @param coordinator the one that answers at the address now; null if none does
   */
  SimulatedNetwork(SimulatedTime time, Supplier<@Nullable Coordination> coordinator) {
    this.time = time;
    this.coordinator = coordinator;
  }

  void setWeather(Weather weather) {
    this.weather = weather;
  }

  /** Lets nothing through from and to a process for a while. */
  void cutOff(SimulatedProcess process, long durationMs) {
    if (cutOff.add(process)) {
      time.after(durationMs, () -> cutOff.remove(process));
    }
  }

  /** A container's way to the coordinator. */
  Coordination of(SimulatedProcess container) {
    return new Way(container);
  }

  private static TidemarkException unreachable(String why) {
    return new TidemarkException("TM-8301", "the coordinator cannot be reached: " + why);
  }

  private final class Way implements Coordination {
    private final SimulatedProcess container;
    private @Nullable Orders former;

    Way(SimulatedProcess container) {
      this.container = container;
    }

    @Override
    public Orders exchange(ContainerStatus status) {
      if (cutOff.contains(container) || time.chance(weather.lost)) {
        throw unreachable("the status is lost");
      }
      Coordination answering = coordinator.get();
      if (answering == null) {
        throw unreachable("nobody answers");
      }
      if (time.chance(weather.repeated)) {
        time.after(time.upTo(weather.longestMs), () -> repeat(status));
      }
      Orders orders = answering.exchange(status);
      Orders before = former;
      former = orders;
      if (time.chance(weather.unanswered)) {
        throw unreachable("the orders are lost");
      }
      return before != null && time.chance(weather.stale) ? before : orders;
    }

    /** The status arrives again; whoever sent it may be gone. */
    private void repeat(ContainerStatus status) {
      Coordination answering = coordinator.get();
      if (answering != null && !cutOff.contains(container)) {
        try {
          answering.exchange(status);
        } catch (TidemarkException e) {
          // Nobody waits for the answer.
        }
      }
    }

    @Override
    public void close() {
      former = null;
    }
  }
}
