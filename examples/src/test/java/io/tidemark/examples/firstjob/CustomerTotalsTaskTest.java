package io.tidemark.examples.firstjob;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidemark.api.Config;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CustomerTotalsTaskTest {
  @Test
  void addsUpWhatACustomerSpends() {
    Config config = Config.load(Path.of("src/main/resources/customer-totals.properties"));
    try (TaskTester tester = TaskTester.of(config, CustomerTotalsTask::new)) {
      tester.send("orders", "alice", "12");
      tester.process();
      tester.kill(); // forgets what was not committed; the next call starts again
      tester.send("orders", "alice", "30");
      tester.process();
      tester.commit();
      assertEquals(
          List.of(Sent.of("alice", "12"), Sent.of("alice", "42")),
          tester.output("customer-totals"));
    }
  }
}
