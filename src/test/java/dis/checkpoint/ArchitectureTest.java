package dis.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noConstructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Holds the dependency rules between the packages. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dis.checkpoint");

    @Test
    void packagesHaveNoCyclicDependencies() {
        slices().matching("dis.checkpoint.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void eachPackageUsesOnlyPackagesBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("startup")
                .definedBy("dis.checkpoint.startup..")
                .layer("lambda")
                .definedBy("dis.checkpoint.lambda..")
                .layer("http")
                .definedBy("dis.checkpoint.http..")
                .layer("auth")
                .definedBy("dis.checkpoint.auth..")
                .layer("table")
                .definedBy("dis.checkpoint.table..")
                .layer("config")
                .definedBy("dis.checkpoint.config..")
                .layer("network")
                .definedBy("dis.checkpoint.network..")
                .layer("request")
                .definedBy("dis.checkpoint.request..")
                .layer("error")
                .definedBy("dis.checkpoint.error..")
                .layer("domain")
                .definedBy("dis.checkpoint.domain..")
                .layer("dev")
                .definedBy("dis.checkpoint.dev..")
                .layer("graal")
                .definedBy("dis.checkpoint.graal..")
                .whereLayer("startup")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("lambda")
                .mayOnlyBeAccessedByLayers("startup")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("lambda")
                .whereLayer("auth")
                .mayOnlyBeAccessedByLayers("startup", "lambda", "dev")
                .whereLayer("table")
                .mayOnlyBeAccessedByLayers("startup", "lambda", "http", "auth", "dev")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("startup", "auth", "table", "dev")
                .whereLayer("network")
                .mayOnlyBeAccessedByLayers("startup", "auth", "table")
                .whereLayer("request")
                .mayOnlyBeAccessedByLayers("startup", "lambda", "http", "auth", "table")
                .whereLayer("error")
                .mayOnlyBeAccessedByLayers("startup", "lambda", "http", "auth", "table", "request")
                .whereLayer("dev")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("graal")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void domainUsesOnlyTheJdk() {
        noClasses()
                .that()
                .resideInAPackage("dis.checkpoint.domain..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "dis.checkpoint.domain..")
                .check(CLASSES);
    }

    @Test
    void onlyTheTablePackageUsesTheAwsSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dis.checkpoint.table..", "dis.checkpoint.dev..", "dis.checkpoint.graal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(CLASSES);
    }

    @Test
    void onlyHttpAndLambdaUseJaxRsAndLambdaTypes() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dis.checkpoint.http..", "dis.checkpoint.lambda..", "dis.checkpoint.dev..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..", "org.jboss.resteasy..", "com.amazonaws.services.lambda..")
                .check(CLASSES);
    }

    /** Any other class could get the client before DynamoDb has set its region, address and retries. */
    @Test
    void onlyDynamoDbInjectsTheClient() {
        DescribedPredicate<JavaClass> client = JavaClass.Predicates.type(DynamoDbClient.class);
        noFields()
                .that()
                .areDeclaredInClassesThat(JavaClass.Predicates.resideOutsideOfPackage("dis.checkpoint.dev.."))
                .and()
                .areDeclaredInClassesThat(DescribedPredicate.not(JavaClass.Predicates.simpleName("DynamoDb")))
                .should()
                .haveRawType(client)
                .check(CLASSES);
        noConstructors()
                .that()
                .areDeclaredInClassesThat(JavaClass.Predicates.resideOutsideOfPackage("dis.checkpoint.dev.."))
                .should()
                .haveRawParameterTypes(DescribedPredicate.anyElementThat(client))
                .check(CLASSES);
    }
}
