package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
  private static final List<Measurement> ALL = Measurements.all(false);

  @Test
  void names_are_unique() {
    assertThat(ALL).extracting(Measurement::name).doesNotHaveDuplicates();
    assertThat(Contender.all()).extracting(Contender::name).doesNotHaveDuplicates();
  }

  @Test
  void only_who_shares_work_between_processes_has_two_containers() {
    Measurement two = named("count-2-containers");
    assertThat(two.settings()).containsEntry("containers", 2).containsEntry("workers", 1);
    assertThat(Contender.all().stream().filter(two::suits).map(Contender::name))
        .contains("raw", "tidemark", "kafka-streams")
        .noneMatch(name -> name.startsWith("flink") || name.startsWith("samza"));
  }

  @Test
  void recoveries_are_of_twenty_million_keys() {
    assertThat(named("restore").settings()).containsEntry("keys", 20_000_000);
    assertThat(named("restart").settings()).containsEntry("records", 20_000_000L);
  }

  private static Measurement named(String name) {
    return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }
}
