package io.tidemark.state;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A process that applies commits to an engine until it is killed. Whoever knows the seed knows what
 * each commit changes. Prints the number of the commit that is durable when it begins and after
 * each flush, as {@link #DURABLE} matches it.
 */
final class CommittingProcess {
  static final List<String> STORES = List.of("counts", "default", "names");
  static final int MOST_CHANGES = 30;
  static final Pattern DURABLE = Pattern.compile("durable at (\\d+)\\.");

  private CommittingProcess() {}

  static RandomChanges changes(long seed) {
    return new RandomChanges(seed, STORES.size(), 3000, 2000);
  }

  static EngineCommit commit(long number) {
    return new EngineCommit(number, number * 7);
  }

  /** Arguments: the type of engine, its directory, the seed, and store properties as key=value. */
  public static void main(String[] arguments) {
    EngineFactory factory =
        ServiceLoader.load(EngineFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.type().equals(arguments[0]))
            .findFirst()
            .orElseThrow();
    RandomChanges changes = changes(Long.parseLong(arguments[2]));
    Map<String, String> properties = new TreeMap<>();
    for (int i = 3; i < arguments.length; i++) {
      String[] property = arguments[i].split("=", 2);
      properties.put(property[0], property[1]);
    }
    List<EngineOptions.Store> stores =
        STORES.stream().map(name -> new EngineOptions.Store(name, properties)).toList();
    StorageEngine engine =
        factory.open(new EngineOptions(Path.of(arguments[1]), "Partition 0", stores));
    applyForEver(engine, changes);
  }

  private static void applyForEver(StorageEngine engine, RandomChanges changes) {
    long number = engine.commit().number();
    System.out.println("durable at " + number + ".");
    Random chance = new Random();
    while (true) {
      TreeMap<Change, Boolean> coalesced =
          new TreeMap<>(
              (one, other) ->
                  one.store() != other.store()
                      ? Integer.compare(one.store(), other.store())
                      : Arrays.compareUnsigned(one.key(), other.key()));
      for (int commits = 1 + chance.nextInt(5); commits > 0; commits--) {
        for (Change change : changes.of(++number, MOST_CHANGES)) {
          coalesced.remove(change);
          coalesced.put(change, true);
        }
      }
      engine.apply(coalesced.keySet(), commit(number));
      if (chance.nextInt(30) == 0) {
        engine.flush();
        System.out.println("durable at " + number + ".");
      }
    }
  }
}
