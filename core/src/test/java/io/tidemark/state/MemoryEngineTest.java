package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class MemoryEngineTest extends EngineContract {

  @Override
  protected EngineFactory createFactory() {
    return new MemoryEngineFactory();
  }

  @Test
  void it_is_found_by_its_type() {
    assertThat(ServiceLoader.load(EngineFactory.class))
        .extracting(EngineFactory::type)
        .contains("memory");
  }

  @Test
  void nothing_survives_closing() {
    engine.apply(List.of(put(0, "a", "1")), new EngineCommit(1, 1));
    engine.close();
    engine = open("first");
    assertThat(engine.commit()).isEqualTo(EngineCommit.NONE);
    assertThat(engine.get(0, bytes("a"))).isNull();
  }
}
