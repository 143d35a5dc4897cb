package io.tidemark.config;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job's configuration, parsed and checked. Whatever names a system, a stream or a serde names one
 * that is there.
 *
 * @param name {@code job.name}
 * @param id {@code job.id}
 * @param stateDirectory where local state is kept, each job in a folder of its own; absolute
 * @param journalSystem the name of the system that holds the journals
 * @param systems by name
 * @param streams by id: all inputs, all sources of stores, and what else is configured
 * @param stores by name
 */
public record JobSettings(
    String name,
    String id,
    Path stateDirectory,
    String journalSystem,
    TaskSettings task,
    ContainerSettings container,
    CoordinatorSettings coordinator,
    Map<String, SystemDefinition> systems,
    Map<String, StreamDefinition> streams,
    Map<String, StoreDefinition> stores) {

  /**
   * Parses the configuration of a job whose tasks the calling program makes.
   *
   * @throws ConfigException (TM-1002) that lists everything that is wrong
   */
  public static JobSettings parse(Config config) {
    return parse(config, Machine.current());
  }

  /** As {@link #parse(Config)}, with defaults for a given machine. */
  public static JobSettings parse(Config config, Machine machine) {
    return new JobParser(config, machine, false).parse();
  }

  /**
   * Parses the configuration of a job that names its task with {@code task.class}.
   *
   * @throws ConfigException (TM-1002) that lists everything that is wrong
   */
  public static JobSettings parseWithTaskClass(Config config) {
    return new JobParser(config, Machine.current(), true).parse();
  }

  /** The same, without the stores that containers have and not tasks. */
  public JobSettings withoutBroadcastStores() {
    Map<String, StoreDefinition> ofTasks = new TreeMap<>(stores);
    ofTasks.values().removeIf(StoreDefinition::isBroadcast);
    return new JobSettings(
        name,
        id,
        stateDirectory,
        journalSystem,
        task,
        container,
        coordinator,
        systems,
        streams,
        Map.copyOf(ofTasks));
  }

  /** What tells this job from all others: {@code name-id}. */
  public String job() {
    return name + "-" + id;
  }

  /** The name of the log that holds the journals of the job's tasks. */
  public String journal() {
    return job() + "-journal";
  }

  /**
   * The definition of a stream that a task reads or writes, by its id or by its name in its system.
   *
   * @throws ConfigException (TM-1006) if its system is not defined
   */
  public StreamDefinition stream(SystemStream stream) {
    SystemDefinition system = systems.get(stream.getSystem());
    if (system == null) {
      throw new ConfigException(
          "TM-1006",
          "the stream "
              + stream
              + " is of a system that the configuration does not define; set systems."
              + stream.getSystem()
              + ".factory"
              + Nearest.question(stream.getSystem(), systems.keySet()));
    }
    StreamDefinition configured = configured(stream);
    return configured == null ? StreamDefinition.unconfigured(stream, system) : configured;
  }

  private @Nullable StreamDefinition configured(SystemStream stream) {
    for (StreamDefinition definition : streams.values()) {
      if (definition.systemStream().equals(stream)) {
        return definition;
      }
    }
    StreamDefinition byId = streams.get(stream.getStream());
    return byId != null && byId.systemStream().getSystem().equals(stream.getSystem()) ? byId : null;
  }
}
