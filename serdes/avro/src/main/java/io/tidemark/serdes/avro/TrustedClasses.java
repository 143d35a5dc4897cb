package io.tidemark.serdes.avro;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Lets Avro load the classes that the configuration names, and those of their fields. Avro refuses
 * to load what a schema names, unless it is told for the whole process that the class is trusted: a
 * schema may have come with the data. Those of a class in the configuration have not. Any thread
 * may call it.
 */
final class TrustedClasses {
  private static final String[] NAMING_PROPERTIES = {
    SpecificData.CLASS_PROP, SpecificData.KEY_CLASS_PROP, "java-element-class"
  };
  private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> NAMES.contains(type.getName())));
  }

  private TrustedClasses() {}

  /** Trusts a class and what the schema, which was made from it, names. */
  static void add(Class<?> type, Schema schema) {
    NAMES.add(type.getName());
    addNamed(schema, new HashSet<>());
  }

  private static void addNamed(Schema schema, Set<String> met) {
    for (String property : NAMING_PROPERTIES) {
      String name = schema.getProp(property);
      if (name != null) {
        NAMES.add(name);
      }
    }
    switch (schema.getType()) {
      case RECORD -> {
        if (met.add(schema.getFullName())) {
          addClassOf(schema);
          schema.getFields().forEach(field -> addNamed(field.schema(), met));
        }
      }
      case ENUM, FIXED -> addClassOf(schema);
      case ARRAY -> addNamed(schema.getElementType(), met);
      case MAP -> addNamed(schema.getValueType(), met);
      case UNION -> schema.getTypes().forEach(type -> addNamed(type, met));
      default -> {}
    }
  }

  private static void addClassOf(Schema schema) {
    NAMES.add(Objects.requireNonNull(SpecificData.getClassName(schema)));
    String namespace = schema.getNamespace();
    if (namespace != null) { // of a class within a class
      NAMES.add(namespace + "$" + schema.getName());
    }
  }
}
