package io.tidemark.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The reference of all keys, written from their definitions. */
public final class ConfigReference {
  private static final int TEXT_WIDTH = 96;
  private static final String MEANING_INDENT = "    ";

  /** What the reference says about a group of keys, in its order. */
  private static final Map<String, String> GROUPS = groups();

  private ConfigReference() {}

  private static Map<String, String> groups() {
    Map<String, String> groups = new LinkedHashMap<>();
    groups.put("job", "The job as a whole.");
    groups.put("stages", "The stages of a job that has several, by the names in `job.stages`.");
    groups.put("task", "What all tasks have in common.");
    groups.put("container", "The processes that run tasks.");
    groups.put(
        "systems",
        "What holds streams, by a name of your choice, such as `systems.kafka.factory`.");
    groups.put(
        "streams",
        "Inputs and outputs, by the name that `task.inputs` or the task has for them. A stream that"
            + " needs no setting needs no key.");
    groups.put("stores", "The stores of each task, by the name that the task asks for.");
    groups.put(
        "serializers",
        "Names for serdes, beside `bytes`, `string`, `integer`, `long`, `double`, `uuid`,"
            + " `ordered-integer`, `ordered-long`, `ordered-double` and those that modules bring,"
            + " such as `json`; see serdes.md. Where a serde is wanted, the name of its class does"
            + " as well.");
    groups.put("app", "Yours.");
    return groups;
  }

  /** The reference as the Markdown page {@code docs/configuration.md}. */
  public static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append("# Configuration\n\n")
        .append("<!-- Generated: ./tidemark config --markdown > docs/configuration.md -->\n\n")
        .append(
            "A job's configuration is a `.properties` file (UTF-8) or a `Config` made in code. ")
        .append("All of it is checked before anything\nstarts: an unknown key is an error, except ")
        .append("under `app.`. `tidemark config --check FILE` does the same without running.\n\n")
        .append("A size in bytes is a number, alone or with `KiB`, `MiB` or `GiB`. Times are in ")
        .append("milliseconds. The values of keys whose\nnames contain `password`, `secret`, ")
        .append("`token`, `credential` or `jaas` are never printed.\n");
    forEachGroup(
        (group, keys) -> {
          page.append("\n## ").append(group).append("\n\n").append(GROUPS.get(group));
          page.append("\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
          keys.forEach(key -> page.append(row(key)));
        });
    return page.toString();
  }

  private static String row(Key<?> key) {
    return String.format(
            "| `%s` | %s | %s | %s |%n",
            key.name(), key.type().label(), key.shownDefault(), key.meaning())
        .replace(System.lineSeparator(), "\n");
  }

  /** The reference as text for a terminal. */
  public static String text() {
    StringBuilder text = new StringBuilder();
    forEachGroup(
        (group, keys) -> {
          text.append(wrapped(group + ": " + GROUPS.get(group), "")).append('\n');
          keys.forEach(key -> text.append(entry(key)));
          text.append('\n');
        });
    return text.toString().replace("`", "");
  }

  private static String entry(Key<?> key) {
    String properties = key.type().label();
    if (key.required()) {
      properties += "; required";
    } else if (!key.shownDefault().isEmpty()) {
      properties += "; default: " + key.shownDefault();
    }
    return "  "
        + key.name()
        + "\n"
        + wrapped(key.meaning(), MEANING_INDENT)
        + wrapped("(" + properties + ")", MEANING_INDENT);
  }

  private static void forEachGroup(BiConsumer<String, List<Key<?>>> action) {
    GROUPS
        .keySet()
        .forEach(
            group ->
                action.accept(
                    group, Keys.ALL.stream().filter(k -> k.group().equals(group)).toList()));
  }

  private static String wrapped(String paragraph, String indent) {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder(indent);
    for (String word : paragraph.split(" ", -1)) {
      if (line.length() > indent.length() && line.length() + word.length() >= TEXT_WIDTH) {
        lines.append(line).append('\n');
        line = new StringBuilder(indent);
      }
      line.append(line.length() > indent.length() ? " " : "").append(word);
    }
    return lines.append(line).append('\n').toString();
  }
}
