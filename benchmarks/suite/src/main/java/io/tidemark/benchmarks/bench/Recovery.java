package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How long a contender takes that was killed, from the start of its new process until a reader of
 * committed records has the first record that came meanwhile, and until it has one of every
 * partition. Before, the contender has processed all of the input, and taken checkpoints if it
 * does. Results of a contender are told once its whole output is found to be exact.
 *
 * @param work what is done before
 * @param emptyDisk whether local state is gone; what is in {@code checkpoints} stays
 */
record Recovery(Case work, boolean emptyDisk) implements Measurement {

  @Override
  public String name() {
    return work.name();
  }

  @Override
  public String description() {
    return "from the start of the process to the first record after kill -9, %s, %,d keys of 100 bytes"
        .formatted(emptyDisk ? "on an empty disk" : "on the same disk", work.keys().keys());
  }

  @Override
  public Map<String, Object> settings() {
    return work.settings();
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public boolean suits(Contender contender) {
    return contender.exactlyOnce() && !contender.name().startsWith("raw");
  }

  @Override
  public void measure(Field field, List<Contender> contenders, int rounds, Consumer<Result> told) {
    for (Contender contender : contenders) {
      try (RecoveryRun run = new RecoveryRun(field, this, contender, rounds)) {
        run.results().forEach(told);
      } catch (InexactException | IllegalStateException e) {
        told.accept(Result.failed(contender, 1, String.valueOf(e.getMessage())));
      }
    }
  }

  static Case work(String name, int keys) {
    return Case.of(name, Workload.LATEST, KeySequence.inTurn(keys), keys)
        .checkpoints(Duration.ofSeconds(10));
  }
}
