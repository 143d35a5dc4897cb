package io.tidemark.state;

import io.tidemark.api.StateException;
import io.tidemark.journal.StoreIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells whether the stores that are configured are those that a task remembers. */
public final class StoreIdentities {
  private static final int FORMAT = 1;
  private static final String PARTITION = "partition";
  private static final String TASK = "task";

  private final String task;

  private StoreIdentities(String task) {
    this.task = task;
  }

  /**
   * What a task remembers once it is opened with these stores: all it remembered before, and what
   * is new.
   *
   * @param remembered what it remembers so far
   * @throws StateException (TM-3015) if a store would be another than it was
   */
  public static List<StoreIdentity> opened(
      String task, List<StoreIdentity> remembered, List<StoreSpec> specs) {
    StoreIdentities identities = new StoreIdentities(task);
    Map<String, StoreIdentity> stores = new LinkedHashMap<>();
    remembered.forEach(store -> stores.put(store.name(), store));
    for (StoreSpec spec : specs) {
      StoreIdentity known = stores.get(spec.name());
      stores.put(spec.name(), known == null ? of(spec) : identities.reopened(known, spec));
    }
    return List.copyOf(stores.values());
  }

  static StoreIdentity of(StoreSpec spec) {
    return new StoreIdentity(
        spec.name(),
        FORMAT,
        spec.keySerde().schema(),
        spec.splittable() ? PARTITION : TASK,
        spec.partitioningKey() == null ? "" : spec.partitioningKey().getClass().getName(),
        List.of(spec.valueSerde().schema()));
  }

  private StoreIdentity reopened(StoreIdentity known, StoreSpec spec) {
    StoreIdentity wanted = of(spec);
    String store = "stores." + spec.name();
    if (known.format() != FORMAT) {
      throw refused(
          spec,
          "is of format " + known.format() + ", and this version of Tidemark knows " + FORMAT,
          "use the version that wrote it, or a later one");
    }
    requireSame(
        spec, "keys of schema", store + ".key.serde", known.keySchema(), wanted.keySchema());
    requireSame(spec, "the scope", store + ".scope", known.scope(), wanted.scope());
    requireSame(
        spec,
        "the partitioning key",
        store + ".partitioning.key",
        known.partitioningKey(),
        wanted.partitioningKey());
    return withValues(known, spec);
  }

  private void requireSame(StoreSpec spec, String what, String key, String was, String is) {
    if (!was.equals(is)) {
      throw refused(
          spec,
          String.format("has %s %s, and %s now means %s", what, orNone(was), key, orNone(is)),
          "its entries stand where the former one put them. Set "
              + key
              + " back, or give the new store another name");
    }
  }

  private static String orNone(String value) {
    return value.isEmpty() ? "(none)" : value;
  }

  private StoreIdentity withValues(StoreIdentity known, StoreSpec spec) {
    String present = spec.valueSerde().schema();
    var froms = spec.migrations().steps().stream().map(step -> step.from()).toList();
    for (int number = 0; number < known.valueSchemas().size(); number++) {
      String former = known.valueSchemas().get(number);
      if (Migrations.entry(froms, spec.valueSerde(), former) == Migrations.UNREADABLE) {
        throw refused(
            spec,
            String.format(
                "has values of schema %s (number %d), and stores.%s.msg.serde is now of schema %s,"
                    + " which does not read them",
                former, number, spec.name(), present),
            String.format(
                "configure a serde that reads them, or add to stores.%s.migrations a ValueMigration"
                    + " whose from() does",
                spec.name()));
      }
    }
    if (known.valueSchemas().contains(present)) {
      return known;
    }
    if (known.valueSchemas().size() == StoredValue.MAX_SCHEMAS) {
      throw refused(
          spec,
          String.format(
              "has had %d schemas of values, and cannot have %s as one more",
              StoredValue.MAX_SCHEMAS, present),
          "copy it into a store of another name");
    }
    return known.withValueSchema(present);
  }

  private StateException refused(StoreSpec spec, String what, String remedy) {
    return new StateException(
        "TM-3015",
        String.format(
            "store %s of task %s %s. Nothing was changed; %s", spec.name(), task, what, remedy));
  }
}
