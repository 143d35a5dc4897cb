package io.tidemark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The direction of dependencies in core, which is its design: each package imports only those
 * before it in {@link #PACKAGES}. A new package is put where it belongs in that list first.
 */
class ArchitectureTest {

  /** From what everything stands on to what stands on everything. */
  private static final List<String> PACKAGES =
      List.of(
          "api",
          "config",
          "system",
          "journal",
          "state",
          "checkpoint",
          "operator",
          "runtime",
          "coordinator",
          "container",
          "testing");

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.tidemark");

  @Test
  void every_class_is_in_a_package_of_the_list() {
    classes().should().resideInAnyPackage(within(PACKAGES)).check(CORE);
  }

  @Test
  void no_package_imports_one_that_stands_on_it() {
    for (int i = 0; i < PACKAGES.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(within(PACKAGES.get(i)))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(within(PACKAGES.subList(i + 1, PACKAGES.size())))
          .allowEmptyShould(true)
          .check(CORE);
    }
  }

  @Test
  void no_packages_form_a_cycle() {
    slices().matching("io.tidemark.(**)").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void the_coordinator_decides_and_never_imports_the_runtime() {
    noClasses()
        .that()
        .resideInAPackage(within("coordinator"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(within("runtime"))
        .allowEmptyShould(true)
        .check(CORE);
  }

  @Test
  void what_a_user_imports_stands_on_the_jdk_alone() {
    classes()
        .that()
        .resideInAPackage(within("api"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(within("api"), "java..", "org.jspecify.annotations")
        .check(CORE);
  }

  @Test
  void core_brings_little_else_than_the_jdk() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.tidemark..",
            "java..",
            "javax.crypto..",
            "javax.management..",
            "org.jspecify.annotations",
            "org.slf4j..",
            "net.jpountz..")
        .check(CORE);
  }

  @Test
  void names_say_what_a_class_is() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Utils?|Impl|Common|Info)(\\$.*)?")
        .check(CORE);
  }

  private static String[] within(List<String> packages) {
    return packages.stream().map(ArchitectureTest::within).toArray(String[]::new);
  }

  private static String within(String name) {
    return "io.tidemark." + name + "..";
  }
}
