package io.tidemark.cli.demo;

import io.tidemark.api.StringSerde;
import io.tidemark.api.TaskName;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.examples.traffic.PageCountSerde;
import io.tidemark.examples.traffic.TrafficOracle;
import io.tidemark.examples.traffic.TrafficVerdict;
import io.tidemark.examples.traffic.TrafficVerdict.Conclusion;
import io.tidemark.examples.traffic.VisitorSerde;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StateCopy;
import io.tidemark.state.StateDirectory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Compares everything that the job yielded with what the oracle counted: the outputs, the state
 * that the journals make up, and the state in the tasks' local directories, which must be the same.
 * The job has ended before. Confined to one thread.
 */
final class Verification {
  private static final String STAGE = "main";

  /** Of all stores of the job. */
  private static final String ENGINE = "rocksdb";

  private final Topics topics;
  private final JobSettings settings;
  private final TrafficVerdict verdict;
  private final List<String> stateDifferences = new ArrayList<>();

  /**
   * How it ended.
   *
   * @param conclusion of outputs and journals against the oracle
   * @param stateDifferences of local state against the journals, a sentence each
   */
  record Outcome(Conclusion conclusion, List<String> stateDifferences) {

    /** Whether everything is as it must be. */
    boolean isExact() {
      return conclusion.isExact() && stateDifferences.isEmpty();
    }
  }

  Verification(Topics topics, JobSettings settings, TrafficOracle oracle) {
    this.topics = topics;
    this.settings = settings;
    this.verdict = new TrafficVerdict(oracle);
  }

  /**
   * Takes the outputs.
   *
   * @return how many messages there are
   */
  long compareOutputs() {
    long[] count = new long[1];
    topics.read(
        TrafficJob.VISITS,
        record -> {
          verdict.visit(text(record.key()), text(record.value()));
          count[0]++;
        });
    topics.read(
        TrafficJob.SESSIONS,
        record -> {
          verdict.session(text(record.key()), text(record.value()));
          count[0]++;
        });
    topics.read(
        TrafficJob.REJECTED,
        record -> {
          verdict.rejected(text(record.value()));
          count[0]++;
        });
    return count[0];
  }

  /**
   * Takes the state of a job of so many tasks, from the journals and from the local directories.
   */
  void compareState(TaskJournals journals, int tasks) {
    for (int task = 0; task < tasks; task++) {
      StateCopy journal = journals.state(task);
      compareLocal(new TaskName(STAGE, task), journal);
      verdict.visitors(task, journal.entries("visitors", new StringSerde(), new VisitorSerde()));
      verdict.pages(task, journal.entries("pages", new StringSerde(), new PageCountSerde()));
    }
  }

  private void compareLocal(TaskName task, StateCopy journal) {
    List<EngineOptions.Store> options =
        settings.stores().values().stream()
            .map(store -> new EngineOptions.Store(store.name(), store.properties()))
            .toList();
    try (EngineFactory engine =
            Plugins.find(EngineFactory.class, EngineFactory::type, "stores.*.factory", ENGINE);
        StateDirectory directory =
            StateDirectory.open(settings.stateDirectory(), settings.job(), task)) {
      StateCopy local = StateCopy.read(directory, engine, options);
      if (!local.isSame(journal)) {
        stateDifferences.add(
            "the local state of task %s in %s (commit %d) is not what its journal makes up (commit %d)"
                .formatted(task, directory.path(), local.commit(), journal.commit()));
      }
    }
  }

  /** Concludes, when everything was given. */
  Outcome conclude() {
    return new Outcome(verdict.conclude(), List.copyOf(stateDifferences));
  }

  private static String text(byte[] bytes) {
    return new String(Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
  }
}
