package io.tidemark.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulatedTimeTest {
  private final SimulatedTime time = new SimulatedTime(new Random(1), 1000);
  private final List<String> log = new ArrayList<>();

  private SimulatedProcess process(String name) {
    return new SimulatedProcess(name, time, failure -> log.add(name + " failed"));
  }

  @Test
  void events_come_in_the_order_of_time() {
    time.after(20, () -> log.add("late at " + time.nowMs()));
    time.after(10, () -> log.add("early at " + time.nowMs()));
    time.runUntil(1015);
    assertThat(log).containsExactly("early at 1010");
    assertThat(time.nowMs()).isEqualTo(1015);
    assertThat(time.step()).isTrue();
    assertThat(log).containsExactly("early at 1010", "late at 1020");
    assertThat(time.step()).isFalse();
  }

  @Test
  void the_same_seed_gives_the_same_order_and_others_give_all_orders() {
    Set<String> orders = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      assertThat(order(seed)).isEqualTo(order(seed));
      orders.add(order(seed));
    }
    assertThat(orders).hasSize(6);
  }

  private static String order(long seed) {
    SimulatedTime time = new SimulatedTime(new Random(seed * 0x9E3779B97F4A7C15L), 0);
    StringBuilder order = new StringBuilder();
    for (String name : List.of("a", "b", "c")) {
      time.after(5, () -> order.append(name));
    }
    time.runUntil(5);
    return order.toString();
  }

  @Test
  void nothing_that_a_crashed_process_had_planned_happens() {
    SimulatedProcess process = process("p");
    process.every(10, () -> log.add("tick"));
    process.background(100).execute(() -> log.add("background"));
    time.after(0, process::crash);
    time.runUntil(2000);
    assertThat(log).isEmpty();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void what_a_paused_process_had_planned_happens_when_it_goes_on() {
    SimulatedProcess process = process("p");
    process.after(10, () -> log.add("done at " + time.nowMs()));
    process.pause(500);
    time.runUntil(3000);
    assertThat(log).containsExactly("done at 1500");
  }

  @Test
  void a_process_ends_when_what_it_does_throws() {
    SimulatedProcess process = process("p");
    process.after(
        1,
        () -> {
          throw new IllegalStateException("broken");
        });
    process.after(2, () -> log.add("goes on"));
    time.runUntil(3000);
    assertThat(log).containsExactly("p failed");
  }

  @Test
  void one_thread_in_the_background_keeps_the_order() {
    SimulatedProcess process = process("p");
    var thread = process.serial(10);
    for (int i = 0; i < 5; i++) {
      String number = Integer.toString(i);
      thread.execute(() -> log.add(number));
    }
    time.runUntil(3000);
    assertThat(log).containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void a_wrong_clock_goes_at_the_right_pace() {
    SimulatedProcess process = process("p");
    process.setClockSkew(-300);
    assertThat(process.clockMs()).isEqualTo(700);
    time.runUntil(1100);
    assertThat(process.clockMs()).isEqualTo(800);
    assertThat(process.tickerMs()).isEqualTo(1100);
  }
}
