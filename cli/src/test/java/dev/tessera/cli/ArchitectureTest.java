package dev.tessera.cli;

import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;

/** The rules of the architecture, over the classes of all modules. */
@AnalyzeClasses(packages = "dev.tessera", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /**
   * SameDiff prints while it differentiates, whatever the log level; this class holds standard
   * output back meanwhile, so it must touch it.
   */
  private static final String SILENCES_SAMEDIFF =
      "dev\\.tessera\\.engine\\.plan\\.Differentiation.*";

  @ArchTest
  static final ArchRule modulesUseOnlyThoseAboveThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.tessera..")
          .layer("proto")
          .definedBy("dev.tessera.proto..")
          .layer("tokenizer")
          .definedBy("dev.tessera.tokenizer..")
          .layer("engine")
          .definedBy("dev.tessera.engine..")
          .layer("vqvae")
          .definedBy("dev.tessera.vqvae..")
          .layer("transformer")
          .definedBy("dev.tessera", "dev.tessera.transformer..")
          .layer("cli")
          .definedBy("dev.tessera.cli..")
          .whereLayer("proto")
          .mayNotAccessAnyLayer()
          .whereLayer("tokenizer")
          .mayOnlyAccessLayers("proto")
          .whereLayer("engine")
          .mayOnlyAccessLayers("proto")
          .whereLayer("vqvae")
          .mayOnlyAccessLayers("proto", "engine")
          .whereLayer("transformer")
          .mayOnlyAccessLayers("proto", "tokenizer", "engine", "vqvae")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule theTokenizerKnowsNoArrays =
      noClasses()
          .that()
          .resideInAPackage("dev.tessera.tokenizer..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.bytedeco..");

  @ArchTest
  static final ArchRule librariesKnowNoCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tessera.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "picocli..",
              "tools.jackson.databind..",
              "me.tongfei..",
              "org.knowm..",
              "ch.qos.logback..");

  @ArchTest
  static final ArchRule librariesDoNotPrint =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tessera.cli..")
          .and()
          .haveNameNotMatching(SILENCES_SAMEDIFF)
          .should(accessField(System.class, "out"))
          .orShould(accessField(System.class, "err"))
          .orShould(ArchConditions.callMethod(Throwable.class, "printStackTrace"));

  @ArchTest
  static final ArchRule onlyMainEndsTheProcess =
      noClasses()
          .that()
          .areNotAssignableTo(Main.class)
          .should()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule classesSayWhatTheyAre =
      classes()
          .that()
          .resideOutsideOfPackage("dev.tessera.proto..")
          .should()
          .haveSimpleNameNotEndingWith("Utils")
          .andShould()
          .haveSimpleNameNotEndingWith("Util")
          .andShould()
          .haveSimpleNameNotEndingWith("Helper")
          .andShould()
          .haveSimpleNameNotEndingWith("Manager");
}
