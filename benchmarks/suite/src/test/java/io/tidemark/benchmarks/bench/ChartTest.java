package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ChartTest {
  private static final Map<String, String> MACHINE =
      Map.of("processors", "2", "processor", "A & B <fast>");

  @Test
  void bars_are_as_long_as_contenders_are_fast_beside_tidemark() throws Exception {
    Document chart = parsed(summary("count", 800_000, 200_000, 100_000, 1_200_000));
    int ours = width(chart, "tidemark");
    assertThat(width(chart, "kafka-streams")).isEqualTo(ours / 4);
    assertThat(width(chart, "flink")).isEqualTo(ours / 8);
    assertThat(width(chart, "raw")).isEqualTo(ours * 3 / 2);
    assertThat(words(chart)).contains("800,000/s", "200,000/s, 0.25×", "1,200,000/s, 1.50×");
    assertThat(words(chart)).anyMatch(text -> text.contains("2026-11-21"));
    assertThat(words(chart)).anyMatch(text -> text.contains("A & B <fast>"));
  }

  @Test
  void a_bar_that_does_not_fit_is_cut_and_everything_is_within_the_picture() throws Exception {
    Document chart = parsed(summary("latest", 300_000, 250_000, 100_000, 12_345_678));
    assertThat(elements(chart, "line").filter(each -> is(each, "cut"))).hasSize(2);
    int right = Integer.parseInt(chart.getDocumentElement().getAttribute("width"));
    elements(chart, "text")
        .filter(each -> each.getAttribute("text-anchor").isEmpty())
        .forEach(
            each -> {
              int size = Integer.parseInt(each.getAttribute("font-size"));
              double end = at(each, "x") + each.getTextContent().length() * size * 0.58;
              assertThat(end).as(each.getTextContent()).isLessThan(right);
            });
  }

  @Test
  void only_rates_at_the_same_guarantee_are_drawn() throws Exception {
    Measurement latency =
        Measurements.all(true).stream().filter(each -> !each.moreIsBetter()).findFirst().get();
    Result time = Result.of(Contender.all().get(1), 1, List.of(new Figure("p99, ms", 20)));
    List<Result> results = new ArrayList<>(summary("copy", 5, 4, 3, 2).results());
    results.add(result("tidemark-at-least-once", 777));
    Document chart =
        parsed(
            Summary.of(latency, occasion(), List.of(time)),
            Summary.of(Measurements.all(true).get(0), occasion(), results));
    assertThat(words(chart)).contains("copy").doesNotContain(latency.name());
    assertThat(words(chart)).noneMatch(text -> text.contains("777"));
  }

  private static Document parsed(Summary... summaries) throws Exception {
    byte[] svg = new Chart(List.of(summaries)).svg().getBytes(StandardCharsets.UTF_8);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg));
  }

  /** The longest with the class: the others are of the legend. */
  private static int width(Document chart, String style) {
    return elements(chart, "rect")
        .filter(each -> is(each, style) && !each.getAttribute("height").equals("12"))
        .mapToInt(each -> at(each, "width"))
        .max()
        .orElseThrow();
  }

  private static List<String> words(Document chart) {
    return elements(chart, "text").map(Element::getTextContent).toList();
  }

  private static Stream<Element> elements(Document chart, String name) {
    var found = chart.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i));
  }

  private static boolean is(Element element, String style) {
    return element.getAttribute("class").equals(style);
  }

  private static int at(Element element, String attribute) {
    return Integer.parseInt(element.getAttribute(attribute));
  }

  private static Summary summary(String name, double... rates) {
    Measurement measurement =
        Measurements.all(false).stream().filter(each -> each.name().equals(name)).findFirst().get();
    List<String> contenders = List.of("tidemark", "kafka-streams", "flink", "raw");
    return Summary.of(
        measurement,
        occasion(),
        IntStream.range(0, rates.length)
            .mapToObj(i -> result(contenders.get(i), rates[i]))
            .toList());
  }

  private static Occasion occasion() {
    return new Occasion("2026-11-21T10:00:00Z", "./tidemark bench", 3, MACHINE);
  }

  private static Result result(String contender, double rate) {
    Contender found =
        Contender.all().stream().filter(each -> each.name().equals(contender)).findFirst().get();
    return Result.of(found, 1, List.of(new Figure("records/s", rate)));
  }
}
