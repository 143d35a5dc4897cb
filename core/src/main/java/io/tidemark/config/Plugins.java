package io.tidemark.config;

import io.tidemark.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds what configuration names: a plugin by the short name it gives itself, or any class. Classes
 * come from the thread's context class loader.
 */
public final class Plugins {
  private Plugins() {}

  /**
   * A plugin that {@link ServiceLoader} knows by a short name, or else a new object of the class of
   * that name.
   *
   * @param type what the plugin is
   * @param name how a plugin of that type tells its short name
   * @param key the key that names it, for messages
   * @param value what the key says
   * @throws ConfigException (TM-1003) if there is none
   */
  public static <T> T find(Class<T> type, Function<T, String> name, String key, String value) {
    List<T> installed = installed(type);
    return installed.stream()
        .filter(plugin -> name.apply(plugin).equals(value))
        .findFirst()
        .orElseGet(
            () -> {
              if (value.indexOf('.') < 0) {
                TreeSet<String> names =
                    installed.stream().map(name).collect(Collectors.toCollection(TreeSet::new));
                throw unknownName(key, value, names);
              }
              return create(type, key, value);
            });
  }

  /**
   * All plugins of a type.
   *
   * @throws ConfigException (TM-1003) if one cannot be made
   */
  public static <T> List<T> installed(Class<T> type) {
    List<T> found = new ArrayList<>();
    try {
      ServiceLoader.load(type, classLoader()).forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new ConfigException(
          "TM-1003", "a jar on the classpath is broken or does not fit: " + e.getMessage(), e);
    }
    return found;
  }

  static ConfigException unknownName(String key, String value, TreeSet<String> names) {
    return new ConfigException(
        "TM-1003",
        key
            + "="
            + value
            + ": nothing has this name"
            + Nearest.question(value, names)
            + " (There are "
            + String.join(", ", names)
            + " and the full names of classes on the classpath.)");
  }

  /**
   * A new object of a class that has a public constructor without arguments.
   *
   * @param type what the object must be
   * @param key the key that names the class, for messages
   * @param className what the key says
   * @throws ConfigException (TM-1003) if it cannot be made
   */
  public static <T> T create(Class<T> type, String key, String className) {
    Class<?> found = load(key, className);
    if (!type.isAssignableFrom(found)) {
      throw new ConfigException(
          "TM-1003",
          key + "=" + className + ": the class is not a " + type.getName() + "; name one that is");
    }
    return type.cast(create(key, found));
  }

  /**
   * The class of that name.
   *
   * @throws ConfigException (TM-1003) if there is none
   */
  public static Class<?> load(String key, String className) {
    try {
      return Class.forName(className, true, classLoader());
    } catch (ClassNotFoundException e) {
      throw new ConfigException(
          "TM-1003",
          key
              + "="
              + className
              + ": there is no such class on the classpath; correct the name, or add its jar"
              + " (tidemark run --classpath)",
          e);
    } catch (LinkageError e) {
      throw new ConfigException(
          "TM-1003",
          key + "=" + className + ": the class cannot be loaded (" + e + "); is a jar missing?",
          e);
    }
  }

  static Object create(String key, Class<?> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new ConfigException(
          "TM-1003",
          key
              + "="
              + type.getName()
              + ": the class needs to be public, not abstract, and to have a public constructor"
              + " without arguments",
          e);
    } catch (ReflectiveOperationException | LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException(
          "TM-1003", key + "=" + type.getName() + ": its constructor failed: " + cause, cause);
    }
  }

  private static ClassLoader classLoader() {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    return ofThread == null ? Plugins.class.getClassLoader() : ofThread;
  }
}
