package io.tidemark.state;

import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.ValueMigration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Turns values of a store into their stored form and back; those of former schemas are migrated as
 * they are read. Confined to the task's worker.
 *
 * <p>Invariant: a stored value is read by what fits the schema it was written with, whose number it
 * carries.
 */
final class ValueCodec<V> {
  private final String store;
  private final String task;
  private final Serde<V> serde;
  private final int maxBytes;
  private final List<ValueMigration<Object, Object, Object>> steps;
  private final List<Serde<Object>> froms = new ArrayList<>();
  private List<String> schemas;
  private int schema;
  private byte[] lastingHeader = StoredValue.header(0, StoredValue.NEVER);

  /** For each schema, the step that its values enter at; that of all steps if there is none. */
  private int[] entries;

  /** Knows the serde's own schema only, until {@link #remember}. */
  @SuppressWarnings("unchecked") // the serde is the one configured for V
  ValueCodec(StoreSpec spec, String task) {
    this.store = spec.name();
    this.task = task;
    this.serde = (Serde<V>) (Serde<?>) spec.valueSerde();
    this.maxBytes = spec.maxValueBytes();
    this.steps = spec.migrations().steps();
    steps.forEach(step -> froms.add(step.from()));
    this.schemas = List.of(serde.schema());
    this.entries = new int[] {steps.size()};
  }

  /**
   * Takes the schemas that the store ever had, by their numbers; the serde's own is one of them.
   */
  void remember(List<String> numbered) {
    schemas = numbered;
    schema = numbered.indexOf(serde.schema());
    entries = numbered.stream().mapToInt(each -> Migrations.entry(froms, serde, each)).toArray();
    if (schema < 0) {
      throw new IllegalArgumentException(
          "store " + store + ": " + serde.schema() + " is none of its schemas " + numbered);
    }
    lastingHeader = StoredValue.header(schema, StoredValue.NEVER);
  }

  /** Whether there may be values that have to be migrated. */
  boolean migrates() {
    for (int entry : entries) {
      if (entry != steps.size()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a value that begins with this byte has to be migrated. */
  boolean isOld(byte header) {
    int number = StoredValue.schema(header);
    return number >= entries.length || entries[number] != steps.size();
  }

  /** The schema that values are written with, for messages. */
  String present() {
    return described(schema);
  }

  private String described(int number) {
    return schemas.get(number) + " (number " + number + ")";
  }

  /**
   * A value in its stored form.
   *
   * @throws StateException (TM-3012) if the serde fails, (TM-3016) if the value is too large
   */
  byte[] write(Object key, V value, long expires) {
    return StoredValue.of(header(expires), payload(key, value));
  }

  /** What stands before the payload of a value that is written; do not change it. */
  byte[] header(long expires) {
    return expires == StoredValue.NEVER ? lastingHeader : StoredValue.header(schema, expires);
  }

  /** What the serde writes of a value; throws as {@link #write} does. */
  byte[] payload(Object key, V value) {
    byte[] payload;
    try {
      payload = Objects.requireNonNull(serde.toBytes(value), "the serde wrote null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3012",
          String.format(
              "store %s of task %s: the value of key %s cannot be written with %s"
                  + " (stores.%s.msg.serde): %s",
              store, task, key, serde.getClass().getName(), store, e.getMessage()),
          e);
    }
    checkSize(key, payload.length);
    return payload;
  }

  /**
   * Refuses a value that is too large.
   *
   * @throws StateException (TM-3016)
   */
  void checkSize(Object key, long bytes) {
    if (bytes > maxBytes) {
      throw new StateException(
          "TM-3016",
          String.format(
              "store %s of task %s: the value of key %s has %d bytes, and stores.%s.max.value.bytes"
                  + " allows %d. Nothing of it was written; split the value, or allow more",
              store, task, key, bytes, store, maxBytes));
    }
  }

  /**
   * A value from its stored form.
   *
   * @throws StateException (TM-3011) if the serde fails, (TM-3017) if a migration does
   */
  V read(Object key, byte[] stored) {
    int number = StoredValue.schema(stored[0]);
    int entry = number < entries.length ? entries[number] : Migrations.UNREADABLE;
    if (entry == steps.size()) {
      return decode(serde, key, stored);
    }
    if (entry == Migrations.UNREADABLE) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: the value of key %s has the schema number %d, and the store"
                  + " knows only %s; was it written by a later start, whose journal is missing?",
              store, task, key, number, schemas));
    }
    return migrate(entry, number, key, decode(froms.get(entry), key, stored));
  }

  private <T> T decode(Serde<T> reader, Object key, byte[] stored) {
    try {
      return Objects.requireNonNull(
          reader.fromBytes(StoredValue.payload(stored)), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: the value of key %s cannot be read with %s; was the store"
                  + " written with another stores.%s.msg.serde?",
              store, task, key, reader.getClass().getName(), store),
          e);
    }
  }

  @SuppressWarnings("unchecked") // the last step makes the store's values
  private V migrate(int entry, int number, Object key, Object old) {
    Object value = old;
    for (int step = entry; step < steps.size(); step++) {
      try {
        value = Objects.requireNonNull(steps.get(step).migrate(key, value), "it gave null");
      } catch (RuntimeException e) {
        throw new StateException(
            "TM-3017",
            String.format(
                "store %s of task %s: %s cannot migrate the value of key %s from schema %s to %s:"
                    + " %s. The value is as it was; correct the migration and start again",
                store,
                task,
                steps.get(step).getClass().getName(),
                key,
                described(number),
                described(schema),
                e),
            e);
      }
    }
    return (V) value;
  }
}
