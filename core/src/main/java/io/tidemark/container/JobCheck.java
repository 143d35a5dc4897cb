package io.tidemark.container;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.ConfigException;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.StreamTask;
import io.tidemark.api.ValueMigration;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.SystemDefinition;
import io.tidemark.state.EngineFactory;
import io.tidemark.system.SystemFactory;
import java.util.Arrays;

/** Finds what is wrong with a job before anything of it is opened. */
final class JobCheck {
  private JobCheck() {}

  /** The settings, if every class and plugin that they name is there and of the right kind. */
  static JobSettings passed(JobSettings settings) {
    settings.systems().values().forEach(JobCheck::checkSystem);
    settings.stores().values().forEach(JobCheck::checkStore);
    settings.stages().forEach(JobCheck::checkTask);
    return settings;
  }

  private static void checkSystem(SystemDefinition system) {
    String key = "systems." + system.name() + ".factory";
    Plugins.find(SystemFactory.class, SystemFactory::type, key, system.factory());
  }

  private static void checkStore(StoreDefinition store) {
    String prefix = "stores." + store.name();
    Plugins.find(EngineFactory.class, EngineFactory::type, prefix + ".factory", store.factory())
        .close();
    String partitioningKey = store.partitioningKey();
    if (partitioningKey != null) {
      Plugins.create(PartitioningKey.class, prefix + ".partitioning.key", partitioningKey);
    }
    for (String migration : store.migrations()) {
      Plugins.create(ValueMigration.class, prefix + ".migrations", migration);
    }
  }

  /** Makes no object of the class: its constructor may be for a container only. */
  private static void checkTask(StageDefinition stage) {
    String className = stage.taskClass();
    if (className == null) {
      return;
    }
    String key = stage.key("class");
    Class<?> type = Plugins.load(key, className);
    if (!StreamTask.class.isAssignableFrom(type) && !AsyncStreamTask.class.isAssignableFrom(type)) {
      throw TaskCode.isNoTask(key, type);
    }
    if (Arrays.stream(type.getConstructors()).noneMatch(c -> c.getParameterCount() == 0)) {
      throw new ConfigException(
          "TM-1003",
          key
              + "="
              + className
              + ": the class needs a public constructor without arguments; add one");
    }
  }
}
