package io.tidemark.serdes.avro;

import io.tidemark.api.Config;
import io.tidemark.api.RandomValues;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeContract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Nested;

class AvroContractTest {

  @SuppressWarnings("unchecked")
  private static <T> Serde<T> serde(String key, String value) {
    return (Serde<T>) new AvroSerdeFactory().create(Config.of(Map.of(key, value)));
  }

  @Nested
  class Generic extends SerdeContract<GenericRecord> {
    private final Serde<GenericRecord> serde =
        AvroContractTest.serde("schema", AvroObjects.EVERYTHING.toString());

    @Override
    protected Serde<GenericRecord> serde() {
      return serde;
    }

    @Override
    protected GenericRecord object(Random source) {
      return AvroObjects.everything(source);
    }

    @Override
    protected GenericRecord equalObject(GenericRecord object) {
      return AvroObjects.reversed(object);
    }
  }

  @Nested
  class Specific extends SerdeContract<Sale> {
    private final Serde<Sale> serde = AvroContractTest.serde("type", Sale.class.getName());

    @Override
    protected Serde<Sale> serde() {
      return serde;
    }

    @Override
    protected Sale object(Random source) {
      Map<String, Integer> by = new HashMap<>();
      for (int i = source.nextInt(5); i > 0; i--) {
        by.put(RandomValues.string(source), RandomValues.intValue(source));
      }
      return new Sale(RandomValues.longValue(source), by);
    }

    @Override
    @SuppressWarnings("unchecked")
    protected Sale equalObject(Sale object) {
      return new Sale(
          (Long) object.get(0), AvroObjects.reversed((Map<String, Integer>) object.get(1)));
    }
  }

  @Nested
  class Reflect extends SerdeContract<Visit> {
    private final Serde<Visit> serde = AvroContractTest.serde("type", Visit.class.getName());

    @Override
    protected Serde<Visit> serde() {
      return serde;
    }

    @Override
    protected Visit object(Random source) {
      Visit visit = new Visit();
      visit.page = RandomValues.string(source);
      visit.atMs = RandomValues.longValue(source);
      for (int i = source.nextInt(4); i > 0; i--) {
        visit.tags.add(RandomValues.string(source));
        visit.counts.put(RandomValues.string(source), RandomValues.intValue(source));
      }
      return visit;
    }

    @Override
    protected Visit equalObject(Visit object) {
      Visit other = new Visit();
      other.page = object.page;
      other.atMs = object.atMs;
      other.tags = List.copyOf(object.tags);
      other.counts = AvroObjects.reversed(object.counts);
      return other;
    }
  }

  /** A class as a user would write one. */
  static final class Visit {
    private String page = "";
    private long atMs;
    private List<String> tags = new ArrayList<>();
    private Map<String, Integer> counts = new HashMap<>();

    @Override
    public boolean equals(Object other) {
      return other instanceof Visit visit
          && page.equals(visit.page)
          && atMs == visit.atMs
          && tags.equals(visit.tags)
          && counts.equals(visit.counts);
    }

    @Override
    public int hashCode() {
      return Objects.hash(page, atMs, tags, counts);
    }
  }
}
