package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StoreSerdesTest {
  private final VisitorSerde visitors = new VisitorSerde();
  private final PageCountSerde pages = new PageCountSerde();

  @Property
  void anyVisitorSurvivesItsBytes(
      @ForAll long requests,
      @ForAll long bytes,
      @ForAll long errors,
      @ForAll long sessions,
      @ForAll long firstSeen,
      @ForAll long lastSeen) {
    Visitor visitor = new Visitor(requests, bytes, errors, sessions, firstSeen, lastSeen);

    assertThat(visitors.fromBytes(visitors.toBytes(visitor))).isEqualTo(visitor);
  }

  @Property
  void anyPageCountSurvivesItsBytes(@ForAll long views, @ForAll long bytes) {
    PageCount count = new PageCount(views, bytes);

    assertThat(pages.fromBytes(pages.toBytes(count))).isEqualTo(count);
  }

  @Test
  void anOrdinaryVisitorTakesFewBytes() {
    Visitor visitor = new Visitor(120, 1_800_000, 3, 4, 1_767_571_200L, 1_767_671_200L);

    assertThat(visitors.toBytes(visitor)).hasSize(15);
  }

  @Test
  void nothingStaysNothing() {
    assertThat(visitors.toBytes(null)).isNull();
    assertThat(visitors.fromBytes(null)).isNull();
    assertThat(pages.toBytes(null)).isNull();
    assertThat(pages.fromBytes(null)).isNull();
  }

  @Test
  void otherVersionsAndWrongLengthsAreRefused() {
    byte[] bytes = pages.toBytes(new PageCount(300, 4_000));

    assertRefused(new byte[0], "end too early");
    assertRefused(new byte[] {2, 1, 1}, "version 2; this program reads version 1");
    assertRefused(Arrays.copyOf(bytes, bytes.length - 1), "end too early");
    assertRefused(Arrays.copyOf(bytes, bytes.length + 2), "2 bytes too many");
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0xff);
    endless[0] = 1;
    assertRefused(endless, "more than 10 bytes");
  }

  private void assertRefused(byte[] bytes, String problem) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pages.fromBytes(bytes))
        .withMessageContaining(problem);
  }
}
