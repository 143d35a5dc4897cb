package io.tidemark.systems.kafka.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void freePortsLieBelowThoseOfOutgoingConnections() {
    for (int attempt = 0; attempt < 100; attempt++) {
      Ports free = Ports.free();
      assertThat(free.broker()).isBetween(20_000, 32_767).isNotEqualTo(free.controller());
      assertThat(free.controller()).isBetween(20_000, 32_767);
    }
  }

  @Test
  void twoDifferentPortsAreNeeded() {
    assertThatThrownBy(() -> new Ports(9092, 9092)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ports(0, 9092)).isInstanceOf(IllegalArgumentException.class);
  }
}
