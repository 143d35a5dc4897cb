package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Nearest;
import io.tidemark.config.StageDefinition;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What makes the tasks of a job, as far as the program that runs it gives that and configuration
 * does not name classes.
 *
 * @param ofOnlyStage for a job of one stage; null if not given
 * @param ofStages by the stage's name
 */
record TaskSuppliers(@Nullable Supplier<?> ofOnlyStage, Map<String, Supplier<?>> ofStages) {
  TaskSuppliers {
    ofStages = Map.copyOf(ofStages);
  }

  /**
   * The settings of a job whose tasks these make.
   *
   * @throws ConfigException (TM-1002) if the configuration is wrong, (TM-1061) if these do not fit
   *     its stages
   */
  JobSettings settings(Config config) {
    if (ofOnlyStage == null && ofStages.isEmpty()) {
      return JobSettings.parseWithTaskClass(config);
    }
    JobSettings settings = JobSettings.parse(config);
    List<String> stages = settings.stages().stream().map(StageDefinition::name).toList();
    if (ofOnlyStage != null && stages.size() > 1) {
      throw unfit(
          "a task was given without the name of its stage, and the job has the stages "
              + String.join(", ", stages)
              + "; give the name with it");
    }
    for (String stage : ofStages.keySet()) {
      if (!stages.contains(stage)) {
        throw unfit(
            "a task was given for stage "
                + stage
                + ", which the job does not have; it has "
                + String.join(", ", stages)
                + Nearest.question(stage, stages));
      }
    }
    for (StageDefinition stage : settings.stages()) {
      if (given(stage) == null && stage.taskClass() == null) {
        throw unfit(
            "stage "
                + stage.name()
                + " has no task; give one with Job.Builder.task, or set "
                + stage.key("class"));
      }
    }
    return settings;
  }

  private static ConfigException unfit(String what) {
    return new ConfigException("TM-1061", what);
  }

  private @Nullable Supplier<?> given(StageDefinition stage) {
    Supplier<?> named = ofStages.get(stage.name());
    return named != null ? named : ofOnlyStage;
  }

  /** What makes the tasks of a stage. */
  Supplier<Object> of(StageDefinition stage) {
    return TaskCode.of(given(stage), stage);
  }
}
