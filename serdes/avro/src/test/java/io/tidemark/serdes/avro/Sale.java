package io.tidemark.serdes.avro;

import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/** What Avro would generate for a schema, without the builder. */
public final class Sale extends SpecificRecordBase {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("checkstyle:ConstantName") // Avro looks for a field of this name
  public static final Schema SCHEMA$ =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Sale", "namespace": "io.tidemark.serdes.avro", "fields": [
                {"name": "cents", "type": "long"},
                {"name": "by", "type": {"type": "map", "values": "int", "avro.java.string": "String"}}
              ]}
              """);

  private long cents;
  private Map<String, Integer> by;

  public Sale() {}

  Sale(long cents, Map<String, Integer> by) {
    this.cents = cents;
    this.by = by;
  }

  @Override
  public Schema getSchema() {
    return SCHEMA$;
  }

  @Override
  public Object get(int field) {
    return field == 0 ? (Object) cents : by;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void put(int field, Object value) {
    if (field == 0) {
      cents = (Long) value;
    } else {
      by = (Map<String, Integer>) value;
    }
  }
}
