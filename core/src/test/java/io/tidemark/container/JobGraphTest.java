package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.config.JobSettings;
import io.tidemark.container.JobGraph.PlacedTask;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobGraphTest {
  private final MemorySystem memory = new MemorySystem("memory");

  private JobGraph graph(String inputs) {
    Config config =
        Config.of(
            Map.of("job.name", "job", "task.inputs", inputs, "systems.memory.factory", "memory"));
    return JobGraph.of(JobSettings.parse(config), Map.of("memory", memory));
  }

  private JobGraph graphWithSource(String mode) {
    Config config =
        Config.of(
            Map.of(
                "job.name", "job",
                "task.inputs", "memory.orders",
                "systems.memory.factory", "memory",
                "stores.prices.key.serde", "string",
                "stores.prices.msg.serde", "long",
                "stores.prices.source", "memory.prices",
                "stores.prices.source.mode", mode));
    return JobGraph.of(JobSettings.parse(config), Map.of("memory", memory));
  }

  @Test
  void aSourceOfOtherPartitionsThanTheInputsIsNamedUnlessItIsBroadcast() {
    create("orders", 2);
    assertThatThrownBy(() -> graphWithSource("broadcast"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-2004")
        .hasMessageContaining("memory.prices")
        .hasMessageContaining("stores.prices.source");
    create("prices", 3);
    assertThatThrownBy(() -> graphWithSource("partition"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-1016")
        .hasMessageContaining("memory.prices")
        .hasMessageContaining("3 partitions")
        .hasMessageContaining("memory.orders");
    assertThat(graphWithSource("broadcast").tasks()).hasSize(2);
  }

  private void create(String stream, int partitions) {
    memory.admin().create(new StreamSpec(stream, partitions, Map.of()));
  }

  @Test
  void anInputThatDoesNotExistIsNamed() {
    create("orders", 2);
    assertThatThrownBy(() -> graph("memory.orders,memory.prices"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-2004")
        .hasMessageContaining("memory.prices");
  }

  @Test
  void inputsOfDifferentPartitionsAreBothNamedWithTheirCounts() {
    create("orders", 2);
    create("prices", 2);
    create("users", 3);
    assertThatThrownBy(() -> graph("memory.orders,memory.prices,memory.users"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-1010")
        .hasMessageContaining("memory.orders")
        .hasMessageContaining("memory.users")
        .hasMessageContaining("2")
        .hasMessageContaining("3");
  }

  @Test
  void eachTaskIsInExactlyOneContainerHoweverManyThereAre() {
    create("orders", 7);
    JobGraph graph = graph("memory.orders");
    for (int containers = 1; containers <= 9; containers++) {
      List<PlacedTask> placed = new ArrayList<>();
      for (int container = 0; container < containers; container++) {
        placed.addAll(graph.tasksOf(container, containers));
      }
      assertThat(placed).containsExactlyInAnyOrderElementsOf(graph.tasks());
      assertThat(placed).extracting(PlacedTask::journalPartition).doesNotHaveDuplicates();
    }
  }
}
