package io.tidemark.benchmarks.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code results.json}: every measurement, with its occasion, its settings and all of its runs. */
final class ResultsFile {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private ResultsFile() {}

  /** Replaces the file; who is interrupted leaves the one before. */
  static void write(Path file, List<Summary> summaries) throws IOException {
    Path written = file.resolveSibling(file.getFileName() + ".new");
    JSON.writeValue(
        written.toFile(), Map.of("measurements", summaries.stream().map(ResultsFile::of).toList()));
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads a file; nothing is measured where there is none.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static List<Summary> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      List<Summary> summaries = new ArrayList<>();
      for (JsonNode measurement : JSON.readTree(file.toFile()).required("measurements")) {
        summaries.add(summary(measurement));
      }
      return summaries;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          file + " is of another release or damaged; remove it, or name another directory", e);
    }
  }

  private static Map<String, Object> of(Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", summary.name());
    json.put("description", summary.description());
    json.put("moreIsBetter", summary.moreIsBetter());
    json.put("began", summary.occasion().began());
    json.put("command", summary.occasion().command());
    json.put("rounds", summary.occasion().rounds());
    json.put("machine", summary.occasion().machine());
    json.put("settings", summary.settings());
    json.put("runs", summary.results().stream().map(ResultsFile::of).toList());
    return json;
  }

  private static Summary summary(JsonNode json) {
    List<Result> results = new ArrayList<>();
    json.required("runs").forEach(run -> results.add(result(run)));
    return new Summary(
        json.required("name").asText(),
        json.required("description").asText(),
        json.required("moreIsBetter").asBoolean(),
        JSON.convertValue(json.required("settings"), new TypeReference<>() {}),
        new Occasion(
            json.required("began").asText(),
            json.required("command").asText(),
            json.required("rounds").asInt(),
            JSON.convertValue(json.required("machine"), new TypeReference<>() {})),
        results);
  }

  private static Map<String, Object> of(Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("contender", result.contender());
    json.put("guarantee", result.guarantee());
    json.put("round", result.round());
    if (!result.counts()) {
      json.put("failure", result.failure());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    result.figures().forEach(figure -> figures.put(figure.name(), figure.value()));
    json.put("figures", figures);
    return json;
  }

  private static Result result(JsonNode json) {
    List<Figure> figures = new ArrayList<>();
    json.required("figures")
        .fields()
        .forEachRemaining(
            entry -> figures.add(new Figure(entry.getKey(), entry.getValue().asDouble())));
    return new Result(
        json.required("contender").asText(),
        json.required("guarantee").asText(),
        json.required("round").asInt(),
        json.path("failure").asText(""),
        figures);
  }
}
