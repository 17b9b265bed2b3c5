// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What each room may use. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.etmconnect");

    @Test
    void arrowsPointOnlyDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.etmconnect..")
                .layer("server")
                .definedBy("org.etmconnect.server..")
                .layer("delivery")
                .definedBy("org.etmconnect.delivery..")
                .layer("sync")
                .definedBy("org.etmconnect.sync..")
                .layer("query")
                .definedBy("org.etmconnect.query..")
                .layer("inventory")
                .definedBy("org.etmconnect.inventory..")
                .layer("snapshot")
                .definedBy("org.etmconnect.snapshot..")
                .layer("transform")
                .definedBy("org.etmconnect.transform..")
                .layer("cortexxdr")
                .definedBy("org.etmconnect.cortexxdr..")
                .layer("http")
                .definedBy("org.etmconnect.http..")
                .layer("connector")
                .definedBy("org.etmconnect.connector..")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("delivery")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("sync")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("query")
                .mayOnlyBeAccessedByLayers("server", "sync", "delivery")
                .whereLayer("inventory")
                .mayOnlyBeAccessedByLayers("server", "sync", "query", "delivery")
                .whereLayer("snapshot")
                .mayOnlyBeAccessedByLayers("server", "sync")
                .whereLayer("transform")
                .mayOnlyBeAccessedByLayers("server", "sync", "inventory", "snapshot")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("cortexxdr", "delivery")
                .whereLayer("cortexxdr")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void frameworksLiveInTheServerAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.etmconnect.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "jakarta..")
                .check(CLASSES);
    }

    @Test
    void whatAConnectorIsNeedsTheJdkAndTheJsonLibraryAlone() {
        classes()
                .that()
                .resideInAPackage("org.etmconnect.connector..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.etmconnect.connector..", "java..", "tools.jackson..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void theConnectorKnowsNothingOfStorageAndServing() {
        noClasses()
                .that()
                .resideInAPackage("org.etmconnect.cortexxdr..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..")
                .check(CLASSES);
    }

    @Test
    void nothingThatRunsInTheServerKnowsTheSimulator() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.etmconnect.simulator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.etmconnect.simulator..")
                .check(CLASSES);
    }

    @Test
    void theRulesAboveSeeTheRooms() {
        assertThat(CLASSES.stream().map(each -> each.getPackageName()))
                .contains(
                        "org.etmconnect.connector",
                        "org.etmconnect.cortexxdr",
                        "org.etmconnect.transform",
                        "org.etmconnect.snapshot",
                        "org.etmconnect.inventory",
                        "org.etmconnect.query",
                        "org.etmconnect.http",
                        "org.etmconnect.delivery",
                        "org.etmconnect.sync");
    }
}
