package io.tidemark.systems.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.system.KeyHash;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class KeyHashTest {

  @Test
  void keysGoWhereKafkasOwnProducersPutThem() {
    Random random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      byte[] key = new byte[random.nextInt(40)];
      random.nextBytes(key);
      assertThat(KeyHash.of(key)).isEqualTo(Utils.toPositive(Utils.murmur2(key)));
    }
  }
}
