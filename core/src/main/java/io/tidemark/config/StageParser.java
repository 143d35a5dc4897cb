package io.tidemark.config;

import io.tidemark.api.Config;
import io.tidemark.api.SystemStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the stages of a job: those that {@code job.stages} names, or else the one of {@code
 * task.class} and {@code task.inputs}.
 */
final class StageParser {
  private final Config config;
  private final ConfigReader reader;
  private final boolean needsTaskClass;
  private final Map<String, List<SystemStream>> inputs = new LinkedHashMap<>();
  private final boolean named;

  /** Reads which stages there are, and what they read. */
  StageParser(Config config, ConfigReader reader, boolean needsTaskClass) {
    this.config = config;
    this.reader = reader;
    this.needsTaskClass = needsTaskClass;
    List<String> names = reader.optional(Keys.JOB_STAGES);
    this.named = config.containsKey("job.stages");
    if (named) {
      readStages(names == null ? List.of() : names);
    } else {
      inputs.put(StageDefinition.MAIN, reader.value(Keys.TASK_INPUTS));
    }
    checkThatStagesAreListed();
  }

  private void readStages(List<String> names) {
    for (String name : names) {
      if (inputs.containsKey(name)) {
        reader.problem("job.stages", "names " + name + " twice; each stage has a name of its own");
      } else {
        inputs.put(name, reader.value(Keys.STAGE_INPUTS, name));
      }
    }
    for (String key : List.of("task.class", "task.inputs", "task.count")) {
      if (config.containsKey(key)) {
        reader.problem(
            key,
            "is of a job without job.stages; each stage has its own,"
                + " stages.<stage>."
                + (key.equals("task.count") ? "tasks" : key.substring("task.".length())));
      }
    }
  }

  private void checkThatStagesAreListed() {
    Set<String> known = named ? inputs.keySet() : Set.of();
    for (String stage : reader.names("stages")) {
      if (!known.contains(stage)) {
        reader.problem(
            "stages." + stage,
            named
                ? "job.stages does not name this stage" + Nearest.question(stage, known)
                : "job.stages is missing; it lists all stages, such as job.stages=parse,count");
      }
    }
  }

  /** What all stages read, as the configuration names it, in order. */
  List<SystemStream> inputs() {
    return inputs.values().stream().flatMap(List::stream).toList();
  }

  List<StreamParser.Use> uses() {
    List<StreamParser.Use> uses = new ArrayList<>();
    inputs.forEach(
        (stage, read) ->
            read.forEach(input -> uses.add(new StreamParser.Use(keys(stage) + "inputs", input))));
    return uses;
  }

  private String keys(String stage) {
    return named ? "stages." + stage + "." : "task.";
  }

  List<StageDefinition> parse(
      Map<String, StreamDefinition> streams,
      Map<String, StoreDefinition> stores,
      String journalSystem) {
    Map<String, Set<String>> storesOf = storesOf(stores);
    List<StageDefinition> stages = new ArrayList<>();
    for (String name : inputs.keySet()) {
      stages.add(
          new StageDefinition(
              name,
              keys(name),
              taskClass(name),
              inputs(name, streams),
              storesOf.getOrDefault(name, Set.of()),
              named ? reader.optional(Keys.STAGE_TASKS, name) : reader.optional(Keys.TASK_COUNT)));
    }
    checkThatEachStreamIsReadOnce(stages);
    checkIntermediateStreams(stages, streams, journalSystem);
    return stages;
  }

  private @Nullable String taskClass(String stage) {
    String key = keys(stage) + "class";
    if (needsTaskClass && !config.containsKey(key)) {
      reader.problem(key, "is missing; " + Keys.TASK_CLASS.meaning());
    }
    return named ? reader.optional(Keys.STAGE_CLASS, stage) : reader.optional(Keys.TASK_CLASS);
  }

  private List<SystemStream> inputs(String stage, Map<String, StreamDefinition> streams) {
    return inputs.getOrDefault(stage, List.of()).stream()
        .map(
            input -> {
              StreamDefinition definition = streams.get(input.getStream());
              return definition == null ? input : definition.systemStream();
            })
        .toList();
  }

  /** The stores of each stage. Broadcast ones are of no stage, but of containers. */
  private Map<String, Set<String>> storesOf(Map<String, StoreDefinition> stores) {
    Set<String> unclaimed =
        stores.values().stream()
            .filter(store -> !store.isBroadcast())
            .map(StoreDefinition::name)
            .collect(Collectors.toCollection(TreeSet::new));
    String first = inputs.isEmpty() ? StageDefinition.MAIN : inputs.keySet().iterator().next();
    if (inputs.size() == 1 && !config.containsKey(keys(first) + "stores")) {
      return Map.of(first, unclaimed);
    }
    Map<String, Set<String>> found = new HashMap<>();
    Map<String, String> owners = new HashMap<>();
    for (String stage : inputs.keySet()) {
      List<String> given = reader.optional(Keys.STAGE_STORES, stage);
      for (String store : given == null ? List.<String>of() : given) {
        if (isStoreOfStages(stage, store, stores)) {
          String other = owners.putIfAbsent(store, stage);
          if (other == null) {
            unclaimed.remove(store);
            found.computeIfAbsent(stage, s -> new TreeSet<>()).add(store);
          } else if (!other.equals(stage)) {
            reader.problem(
                keys(stage) + "stores",
                "names " + store + ", which is a store of stage " + other + "; choose one");
          }
        }
      }
    }
    for (String store : unclaimed) {
      reader.problem(
          "stores." + store, "no stage has this store; name it in stages.<stage>.stores");
    }
    return found;
  }

  private boolean isStoreOfStages(String stage, String store, Map<String, StoreDefinition> stores) {
    StoreDefinition definition = stores.get(store);
    String key = keys(stage) + "stores";
    if (definition == null) {
      reader.problem(
          key,
          "there is no store "
              + store
              + Nearest.question(store, stores.keySet())
              + "; set stores."
              + store
              + ".key.serde and the rest of it");
      return false;
    }
    if (definition.isBroadcast()) {
      reader.problem(
          key, "names " + store + ", which is broadcast, so that all tasks have it; leave it out");
      return false;
    }
    return true;
  }

  /** A worker hands a partition's records to one task. */
  private void checkThatEachStreamIsReadOnce(List<StageDefinition> stages) {
    Map<SystemStream, String> readers = new HashMap<>();
    for (StageDefinition stage : stages) {
      for (SystemStream input : stage.inputs()) {
        String other = readers.putIfAbsent(input, stage.name());
        if (other != null && !other.equals(stage.name())) {
          reader.problem(
              stage.key("inputs"),
              input
                  + " is an input of stage "
                  + other
                  + " already, and a stream is read by one stage; let that one send on what"
                  + " this one needs");
        }
      }
    }
  }

  private void checkIntermediateStreams(
      List<StageDefinition> stages, Map<String, StreamDefinition> streams, String journalSystem) {
    Set<SystemStream> read =
        stages.stream().flatMap(stage -> stage.inputs().stream()).collect(Collectors.toSet());
    Set<SystemStream> intermediate = new HashSet<>();
    for (StreamDefinition stream : streams.values()) {
      if (stream.intermediate()) {
        intermediate.add(stream.systemStream());
        checkIntermediate(stream, read, journalSystem);
      }
    }
    if (!read.isEmpty() && intermediate.containsAll(read)) {
      reader.problem(
          named ? "job.stages" : "task.inputs",
          "all that is read is intermediate; a job has an input from outside");
    }
  }

  private void checkIntermediate(
      StreamDefinition stream, Set<SystemStream> read, String journalSystem) {
    String key = Keys.STREAM_INTERMEDIATE.name().keyFor(stream.id());
    SystemStream name = stream.systemStream();
    if (!read.contains(name)) {
      Set<String> ids = inputs().stream().map(SystemStream::getStream).collect(Collectors.toSet());
      reader.problem(
          key,
          "no stage reads the stream"
              + Nearest.question(stream.id(), ids)
              + "; name it in the inputs of one, or leave this out");
    }
    if (!name.getSystem().equals(journalSystem)) {
      reader.problem(
          key,
          String.format(
              "is true, but the stream is of system %s and the journal of %s: what joins stages"
                  + " commits with the journal, in one transaction; put both into one system",
              name.getSystem(), journalSystem));
    }
    if (stream.offsetDefault() == OffsetDefault.UPCOMING) {
      reader.problem(
          Keys.STREAM_OFFSET_DEFAULT.name().keyFor(stream.id()),
          "is upcoming, but what the job sends to itself is read from the beginning; leave it out");
    }
  }
}
