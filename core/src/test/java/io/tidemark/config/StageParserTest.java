package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StageParserTest {
  private static final String NOT_GIVEN = "";

  private static Config config(String... changes) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "words");
    entries.put("job.stages", "parse,count");
    entries.put("stages.parse.inputs", "kafka.lines");
    entries.put("stages.count.inputs", "kafka.words");
    entries.put("stages.count.stores", "counts");
    entries.put("streams.words.intermediate", "true");
    entries.put("stores.counts.key.serde", "string");
    entries.put("stores.counts.msg.serde", "long");
    entries.put("systems.kafka.factory", "kafka");
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1].equals(NOT_GIVEN)) {
        entries.remove(changes[i]);
      } else {
        entries.put(changes[i], changes[i + 1]);
      }
    }
    return Config.of(entries);
  }

  private static JobSettings job(String... changes) {
    return JobSettings.parse(config(changes));
  }

  private static String problems(String... changes) {
    return catchThrowableOfType(ConfigException.class, () -> job(changes)).getMessage();
  }

  @Test
  void stages_are_parsed_in_their_order_with_what_is_theirs() {
    JobSettings job =
        job(
            "stages.count.class", "com.acme.Count",
            "stages.count.tasks", "4",
            "streams.words.physical.name", "words-1",
            "streams.words.partitions", "8");

    assertThat(job.stages())
        .containsExactly(
            new StageDefinition(
                "parse",
                "stages.parse.",
                null,
                List.of(new SystemStream("kafka", "lines")),
                Set.of(),
                null),
            new StageDefinition(
                "count",
                "stages.count.",
                "com.acme.Count",
                List.of(new SystemStream("kafka", "words-1")),
                Set.of("counts"),
                4));
    assertThat(job.journalSystem()).isEqualTo("kafka");
    assertThat(job.streams().get("words").intermediate()).isTrue();
    assertThat(job.streams().get("words").partitions()).isEqualTo(8);
    assertThat(job.streams().get("lines").intermediate()).isFalse();
    assertThat(job.stageOf("counts")).isEqualTo(job.stages().get(1));
    assertThat(job.stageOf("other")).isNull();
  }

  @Test
  void the_only_stage_has_all_stores_and_a_job_without_stages_one_called_main() {
    JobSettings one =
        job(
            "job.stages", "parse",
            "stages.count.inputs", NOT_GIVEN,
            "stages.count.stores", NOT_GIVEN,
            "streams.words.intermediate", NOT_GIVEN);
    assertThat(one.stages().get(0).stores()).containsExactly("counts");
    assertThat(one.stages().get(0).name()).isEqualTo("parse");
    JobSettings main =
        job(
            "job.stages", NOT_GIVEN,
            "stages.parse.inputs", NOT_GIVEN,
            "stages.count.inputs", NOT_GIVEN,
            "stages.count.stores", NOT_GIVEN,
            "streams.words.intermediate", NOT_GIVEN,
            "task.inputs", "kafka.lines");
    assertThat(main.stages().get(0).name()).isEqualTo("main");
    assertThat(main.stages().get(0).stores()).containsExactly("counts");
    assertThat(main.stages().get(0).key("inputs")).isEqualTo("task.inputs");
  }

  @Test
  void cycles_are_allowed() {
    JobSettings job =
        job("stages.count.inputs", "kafka.words,kafka.again", "streams.again.intermediate", "true");
    assertThat(job.inputs()).hasSize(3);
  }

  @Test
  void a_stage_that_is_not_listed_is_answered_with_the_nearest_one() {
    assertThat(problems("stages.cuont.tasks", "3"))
        .contains("stages.cuont: job.stages does not name this stage; did you mean count?");
    assertThat(problems("job.stages", NOT_GIVEN, "task.inputs", "kafka.lines"))
        .contains("stages.count: job.stages is missing");
  }

  @Test
  void a_stage_is_named_once_and_says_what_it_reads() {
    assertThat(problems("job.stages", "parse,count,parse")).contains("names parse twice");
    assertThat(problems("job.stages", "parse,,count")).contains("job.stages=parse,,count");
    assertThat(problems("stages.parse.inputs", NOT_GIVEN))
        .contains("stages.parse.inputs: is missing");
  }

  @Test
  void the_settings_of_one_stage_and_of_several_are_not_mixed() {
    assertThat(problems("task.class", "com.acme.A", "task.inputs", "kafka.lines"))
        .contains("task.class: is of a job without job.stages")
        .contains("stages.<stage>.class")
        .contains("task.inputs: is of a job without job.stages");
  }

  @Test
  void each_store_is_of_one_stage() {
    assertThat(problems("stages.count.stores", "count"))
        .contains("stages.count.stores: there is no store count; did you mean counts?")
        .contains("stores.counts: no stage has this store");
    assertThat(problems("stages.parse.stores", "counts"))
        .contains("stages.count.stores: names counts, which is a store of stage parse");
    assertThat(problems("stages.count.stores", NOT_GIVEN))
        .contains("stores.counts: no stage has this store");
    assertThat(
            problems("stores.counts.source", "kafka.all", "stores.counts.source.mode", "broadcast"))
        .contains("names counts, which is broadcast");
  }

  @Test
  void a_stream_is_read_by_one_stage() {
    assertThat(problems("stages.count.inputs", "kafka.words,kafka.lines"))
        .contains("stages.count.inputs: kafka.lines is an input of stage parse already");
  }

  @Test
  void an_intermediate_stream_is_read_by_a_stage_from_its_beginning() {
    assertThat(problems("streams.wrods.intermediate", "true"))
        .contains("streams.wrods.intermediate: no stage reads the stream; did you mean words?");
    assertThat(problems("streams.words.offset.default", "upcoming"))
        .contains("streams.words.offset.default: is upcoming");
    assertThat(problems("streams.lines.intermediate", "true"))
        .contains("job.stages: all that is read is intermediate");
    assertThat(problems("stores.counts.source", "kafka.words", "stages.count.inputs", "kafka.x"))
        .contains("stores.counts.source: kafka.words is an intermediate stream");
  }

  @Test
  void it_is_in_the_system_of_the_journal() {
    assertThat(
            problems(
                "systems.other.factory", "kafka",
                "stages.count.inputs", "other.words"))
        .contains("streams.words.intermediate")
        .contains("is of system other and the journal of kafka");
  }
}
