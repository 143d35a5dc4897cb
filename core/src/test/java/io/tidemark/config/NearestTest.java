package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void insertions_deletions_replacements_and_swaps_count_one_each() {
    assertThat(Nearest.distance("serde", "serde")).isZero();
    assertThat(Nearest.distance("sede", "serde")).isEqualTo(1);
    assertThat(Nearest.distance("serrde", "serde")).isEqualTo(1);
    assertThat(Nearest.distance("sarde", "serde")).isEqualTo(1);
    assertThat(Nearest.distance("sered", "serde")).isEqualTo(1);
    assertThat(Nearest.distance("", "serde")).isEqualTo(5);
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
  }

  @Test
  void only_what_is_near_is_offered() {
    assertThat(Nearest.to("jsn", List.of("json", "string"))).contains("json");
    assertThat(Nearest.to("avro", List.of("json", "string"))).isEmpty();
    assertThat(Nearest.to("x", List.of())).isEmpty();
  }
}
