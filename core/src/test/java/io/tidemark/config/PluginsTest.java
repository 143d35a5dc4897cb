package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.SerdeFactory;
import org.junit.jupiter.api.Test;

class PluginsTest {

  @Test
  void a_plugin_is_found_by_its_class_when_it_has_no_short_name_installed() {
    assertThat(
            Plugins.find(
                SerdeFactory.class,
                SerdeFactory::name,
                "a.key",
                SerdesTest.EchoFactory.class.getName()))
        .isInstanceOf(SerdesTest.EchoFactory.class);
  }

  @Test
  void a_short_name_that_nothing_has_is_refused_with_the_key_that_names_it() {
    assertThatThrownBy(() -> Plugins.find(SerdeFactory.class, SerdeFactory::name, "a.key", "nope"))
        .hasMessageStartingWith("TM-1003: a.key=nope: nothing has this name");
  }

  @Test
  void a_class_of_another_type_is_refused() {
    assertThatThrownBy(() -> Plugins.create(Runnable.class, "task.class", "java.lang.Object"))
        .hasMessage(
            "TM-1003: task.class=java.lang.Object: the class is not a java.lang.Runnable;"
                + " name one that is");
  }
}
