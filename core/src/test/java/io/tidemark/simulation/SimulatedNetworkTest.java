package io.tidemark.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.simulation.SimulatedNetwork.Weather;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedNetworkTest {
  private final SimulatedTime time = new SimulatedTime(new Random(1), 0);
  private final List<Long> heard = new ArrayList<>();
  private final SimulatedNetwork network = new SimulatedNetwork(time, () -> new Recorder(heard));
  private final SimulatedProcess process =
      new SimulatedProcess(
          "container",
          time,
          failure -> {
            throw failure;
          });
  private final Coordination way = network.of(process);

  /** Answers with the number of statuses that it has got. */
  private record Recorder(List<Long> heard) implements Coordination {
    @Override
    public Orders exchange(ContainerStatus status) {
      heard.add(status.sequence());
      Timeline timeline = new Timeline(1, "j", List.of(), List.of());
      return new Orders(
          1,
          heard.size(),
          0,
          100,
          timeline,
          Map.of(),
          0,
          false,
          0,
          0,
          null,
          Map.of(),
          Map.of(),
          false);
    }

    @Override
    public void close() {}
  }

  private static ContainerStatus status(long sequence) {
    return new ContainerStatus(
        "j", "s", sequence, 0, 0, "h", "", 1, Map.of(), Set.of(), List.of(), null, 0, false);
  }

  @Test
  void a_calm_network_lets_everything_through_once() {
    assertThat(way.exchange(status(1)).sequence()).isEqualTo(1);
    assertThat(way.exchange(status(2)).sequence()).isEqualTo(2);
    time.runUntil(100_000);
    assertThat(heard).containsExactly(1L, 2L);
  }

  @Test
  void a_lost_status_is_not_heard_and_lost_orders_follow_one_that_is() {
    network.setWeather(new Weather(1000, 0, 0, 0, 0));
    assertThatThrownBy(() -> way.exchange(status(1))).isInstanceOf(TidemarkException.class);
    assertThat(heard).isEmpty();
    network.setWeather(new Weather(0, 1000, 0, 0, 0));
    assertThatThrownBy(() -> way.exchange(status(2))).hasMessageContaining("orders are lost");
    assertThat(heard).containsExactly(2L);
  }

  @Test
  void a_repeated_status_comes_again_after_later_ones() {
    network.setWeather(new Weather(0, 0, 1000, 0, 50));
    way.exchange(status(1));
    network.setWeather(Weather.CALM);
    way.exchange(status(2));
    process.crash();
    time.runUntil(50);
    assertThat(heard).containsExactly(1L, 2L, 1L);
  }

  @Test
  void stale_orders_are_those_of_the_exchange_before() {
    way.exchange(status(1));
    network.setWeather(new Weather(0, 0, 0, 1000, 0));
    assertThat(way.exchange(status(2)).sequence()).isEqualTo(1);
  }

  @Test
  void nothing_passes_while_a_process_is_cut_off() {
    network.cutOff(process, 10);
    assertThatThrownBy(() -> way.exchange(status(1))).isInstanceOf(TidemarkException.class);
    time.runUntil(10);
    assertThat(way.exchange(status(2)).sequence()).isEqualTo(1);
  }
}
