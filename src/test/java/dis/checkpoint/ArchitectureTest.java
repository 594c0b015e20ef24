package dis.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms of the code, and which may use which. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dis.checkpoint");

    @Test
    void noRoomKnowsAnotherInACircle() {
        slices().matching("dis.checkpoint.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void eachRoomUsesOnlyThoseBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("lambda")
                .definedBy("dis.checkpoint.lambda..")
                .layer("http")
                .definedBy("dis.checkpoint.http..")
                .layer("iam")
                .definedBy("dis.checkpoint.iam..")
                .layer("table")
                .definedBy("dis.checkpoint.table..")
                .layer("config")
                .definedBy("dis.checkpoint.config..")
                .layer("error")
                .definedBy("dis.checkpoint.error..")
                .layer("domain")
                .definedBy("dis.checkpoint.domain..")
                .layer("dev")
                .definedBy("dis.checkpoint.dev..")
                .layer("graal")
                .definedBy("dis.checkpoint.graal..")
                .whereLayer("lambda")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("lambda")
                .whereLayer("iam")
                .mayOnlyBeAccessedByLayers("lambda", "http")
                .whereLayer("table")
                .mayOnlyBeAccessedByLayers("lambda", "http", "iam", "dev")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("lambda", "iam", "table", "dev")
                .whereLayer("error")
                .mayOnlyBeAccessedByLayers("lambda", "http", "iam", "table")
                .whereLayer("dev")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("graal")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void theDomainKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAPackage("dis.checkpoint.domain..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "dis.checkpoint.domain..")
                .check(CLASSES);
    }

    @Test
    void onlyTheTableKnowsDynamoDb() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dis.checkpoint.table..", "dis.checkpoint.dev..", "dis.checkpoint.graal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCallsAndTheFunctionKnowHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dis.checkpoint.http..", "dis.checkpoint.lambda..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..", "org.jboss.resteasy..", "com.amazonaws.services.lambda..")
                .check(CLASSES);
    }
}
