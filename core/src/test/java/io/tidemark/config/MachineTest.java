package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineTest {
  private static final Path HOME = Path.of("/home/ada");

  @Test
  void data_is_kept_where_each_system_keeps_it() {
    assertThat(Machine.dataFolder("Linux", HOME, Map.of()))
        .isEqualTo(Path.of("/home/ada/.local/share"));
    assertThat(Machine.dataFolder("Linux", HOME, Map.of("XDG_DATA_HOME", "/data")))
        .isEqualTo(Path.of("/data"));
    assertThat(Machine.dataFolder("Linux", HOME, Map.of("XDG_DATA_HOME", "relative")))
        .isEqualTo(Path.of("/home/ada/.local/share"));
    assertThat(Machine.dataFolder("Mac OS X", HOME, Map.of()))
        .isEqualTo(Path.of("/home/ada/Library/Application Support"));
    assertThat(Machine.dataFolder("Windows 11", HOME, Map.of()))
        .isEqualTo(Path.of("/home/ada/AppData/Local"));
    assertThat(Machine.dataFolder("Windows 11", HOME, Map.of("LOCALAPPDATA", "/local")))
        .isEqualTo(Path.of("/local"));
  }

  @Test
  void this_machine_has_processors_memory_and_a_data_folder() {
    Machine machine = Machine.current();

    assertThat(machine.processors()).isPositive();
    assertThat(machine.memoryBytes()).isGreaterThan(64 << 20);
    assertThat(machine.dataFolder()).isAbsolute();
  }
}
