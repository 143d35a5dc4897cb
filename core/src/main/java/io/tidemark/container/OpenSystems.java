package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.config.SystemDefinition;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemFactory;
import io.tidemark.system.SystemSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The systems of a job, each opened when it is asked for first. Confined to one thread. */
final class OpenSystems implements AutoCloseable {
  private final JobSettings settings;
  private final Map<String, StreamSystem> given;
  private final Map<String, StreamSystem> opened = new HashMap<>();

  /**
   * @param given systems that are given rather than opened, by name; never closed here
   */
  OpenSystems(JobSettings settings, Map<String, StreamSystem> given) {
    this.settings = settings;
    this.given = Map.copyOf(given);
  }

  /**
   * A system of the configuration.
   *
   * @throws ConfigException (TM-1015) if it is in memory and was not given
   */
  StreamSystem get(String name) {
    StreamSystem known = given.get(name);
    if (known == null) {
      known = opened.get(name);
    }
    if (known == null) {
      known = open(Objects.requireNonNull(settings.systems().get(name)));
      opened.put(name, known);
    }
    return known;
  }

  /** All systems of the configuration, by name. */
  Map<String, StreamSystem> all() {
    Map<String, StreamSystem> all = new LinkedHashMap<>(given);
    settings.systems().keySet().forEach(name -> all.put(name, get(name)));
    return all;
  }

  private StreamSystem open(SystemDefinition definition) {
    if (definition.factory().equals("memory")) {
      throw new ConfigException(
          "TM-1015",
          String.format(
              "the system %s is in memory, where only the program that embeds the job can reach it; give it"
                  + " with Job.Builder.system, or run the task in a TaskTester",
              definition.name()));
    }
    SystemFactory factory =
        Plugins.find(
            SystemFactory.class,
            SystemFactory::type,
            "systems." + definition.name() + ".factory",
            definition.factory());
    return factory.open(
        new SystemSettings(definition.name(), settings.job(), definition.properties()));
  }

  /** Closes those that were opened. */
  @Override
  public void close() {
    opened.values().forEach(StreamSystem::close);
    opened.clear();
  }
}
