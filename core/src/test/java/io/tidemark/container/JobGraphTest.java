package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.config.JobSettings;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private JobGraph stages(String... changes) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "job");
    entries.put("job.stages", "parse,count");
    entries.put("stages.parse.inputs", "memory.lines");
    entries.put("stages.count.inputs", "memory.words");
    entries.put("stages.count.stores", "counts");
    entries.put("streams.words.intermediate", "true");
    entries.put("systems.memory.factory", "memory");
    entries.put("stores.counts.key.serde", "string");
    entries.put("stores.counts.msg.serde", "long");
    for (int i = 0; i < changes.length; i += 2) {
      entries.put(changes[i], changes[i + 1]);
    }
    return JobGraph.of(JobSettings.parse(Config.of(entries)), Map.of("memory", memory));
  }

  @Test
  void theTasksOfAllStagesFollowEachOtherInTheJournal() {
    create("lines", 2);
    JobGraph graph = stages("streams.words.partitions", "3");
    assertThat(graph.tasks().stream().map(task -> task.name() + " in " + task.journalPartition()))
        .containsExactly(
            "parse-0 in 0", "parse-1 in 1", "count-0 in 2", "count-1 in 3", "count-2 in 4");
    assertThat(graph.plan())
        .containsExactly(new StagePlan("parse", 2, 2, 256), new StagePlan("count", 3, 3, 384));
    assertThat(graph.stages().get(1).stores()).containsExactly("counts");
  }

  @Test
  void anIntermediateStreamHasThePartitionsItHasOrIsCreatedWith() {
    create("lines", 2);
    assertThat(stages().stages().get(1).partitions()).isEqualTo(2);
    assertThat(memory.admin().partitionCounts(List.of("words"))).isEmpty();
    create("words", 5);
    assertThat(stages("streams.words.partitions", "3").stages().get(1).partitions()).isEqualTo(5);
  }

  @Test
  void aMissingInputOfAStageMayHaveBeenMeantAsIntermediate() {
    create("lines", 2);
    assertThatThrownBy(() -> stages("stages.count.inputs", "memory.words,memory.wrods"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("TM-2004")
        .hasMessageContaining("stages.count.inputs")
        .hasMessageContaining("streams.wrods.intermediate=true")
        .hasMessageContaining("did you mean memory.words?");
  }

  @Test
  void aNumberOfTasksDividesThePartitionsOrIsAMultiple() {
    create("lines", 4);
    assertThat(stages("stages.parse.tasks", "4").tasks()).hasSize(8);
    for (String dividing : List.of("2", "8", "512")) {
      assertThat(stages("stages.parse.tasks", dividing).tasks())
          .hasSize(4 + Integer.parseInt(dividing));
    }
    for (String other : List.of("3", "6", "12", "1024")) {
      assertThatThrownBy(() -> stages("stages.parse.tasks", other))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("TM-1060")
          .hasMessageContaining("choose a divisor or a multiple");
    }
  }

  @Test
  void partitionsAreDividedEvenlyAmongTasks() {
    assertThat(new Stage("s", List.of(), Set.of(), 6, 2, 768).partitionsOf(1))
        .containsExactly(1, 3, 5);
    assertThat(new Stage("s", List.of(), Set.of(), 2, 6, 384).partitionsOf(5)).containsExactly(1);
    assertThat(new Stage("s", List.of(), Set.of(), 3, 3, 384).partitionsOf(2)).containsExactly(2);
  }
}
