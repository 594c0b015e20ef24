package dis.checkpoint.deployment;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dis.checkpoint.network.CertificateBundle;
import dis.checkpoint.support.PackagedFunction;
import dis.checkpoint.support.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which packages of the function are deployed. */
@Tag("package")
@EnabledIf(value = "dis.checkpoint.deployment.Osls#isThere", disabledReason = Osls.MISSING)
class PackageRulesIT {

    private static final String CERTIFICATE = Tls.CERTIFICATE;
    private static final String THEIRS = "rwxr-xr-x";

    @TempDir
    private Path directory;

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The sentence by which a package is refused, or {@code null}. */
    private String fault(byte[] zip, String bundle) throws IOException {
        Files.write(directory.resolve("function.zip"), zip);
        return fault("function.zip", "arm64", bundle);
    }

    private String fault(String zip, String architecture, String bundle) throws IOException {
        Map<String, String> custom = new HashMap<>(Map.of("package", zip, "architecture", architecture));
        custom.put("iamCaBundle", bundle);
        return Plugins.runWithLibraries(List.of(new Plugins.Call(
                        "package", "before:package:initialize", custom, Map.of(), directory.toString(), Map.of())))
                .get(0)
                .error();
    }

    private static FunctionZip.File bootstrap(String permissions, String... names) {
        return new FunctionZip.File("bootstrap", permissions, FunctionZip.executable(FunctionZip.AARCH64, names));
    }

    /** In a build of the native executable, and in the test of a release, this is the zip that is deployed. */
    @Test
    void thePackageOfThisBuildIsDeployed() throws Exception {
        assumeTrue(PackagedFunction.isNative(), "It is a package for the JVM");
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
        assertThat(fault(PackagedFunction.ZIP.toAbsolutePath().toString(), architecture, null), is(nullValue()));
    }

    @Test
    void missingPackageIsRefused() throws Exception {
        assertThat(fault("other.zip", "arm64", null), containsString("There is no other.zip: build it"));
    }

    static Stream<Arguments> packagesThatWouldNotStart() throws IOException {
        return Stream.of(
                arguments(named("no zip", utf8("nothing")), "function.zip is no zip file"),
                arguments(
                        named("for the JVM", FunctionZip.of(new FunctionZip.File("app.jar", THEIRS, utf8("jar")))),
                        "function.zip has no bootstrap, so it is no native build"),
                arguments(
                        named("a script", FunctionZip.of(utf8("#!/bin/sh"))),
                        "bootstrap in function.zip is no executable of Linux"),
                arguments(
                        named("of another machine", FunctionZip.of(FunctionZip.executable(FunctionZip.X86_64))),
                        "bootstrap in function.zip is for x86_64, and the parameter architecture is arm64"));
    }

    @ParameterizedTest
    @MethodSource("packagesThatWouldNotStart")
    void packageWithoutAnExecutableForTheRuntimeIsRefused(byte[] zip, String sentence) throws Exception {
        assertThat(fault(zip, null), containsString(sentence));
    }

    @ParameterizedTest
    @CsvSource({
        "GLIBC_2.35, GLIBC_2.35",
        "GLIBC_2.34 GLIBC_2.4 GLIBC_2.38 GLIBC_2.39, GLIBC_2.38 and GLIBC_2.39",
        "GLIBC_2.100, GLIBC_2.100",
        "GLIBC_2.34 GLIBC_ABI_DT_RELR, GLIBC_ABI_DT_RELR"
    })
    void executableThatNeedsANewerGlibcIsRefused(String names, String tooNew) throws Exception {
        assertThat(
                fault(FunctionZip.of(bootstrap(THEIRS, ("libc.so.6 " + names).split(" "))), null),
                is(
                        "bootstrap in function.zip needs " + tooNew
                                + ", and the runtime provided.al2023 has glibc 2.34: build it"
                                + " where glibc is not newer, such as in a container with -Dquarkus.native.container-build=true"));
    }

    @Test
    void executableForTheGlibcOfTheRuntimeIsDeployed() throws Exception {
        FunctionZip.File bootstrap = bootstrap(THEIRS, "libc.so.6", "GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.34");
        assertThat(fault(FunctionZip.of(bootstrap), null), is(nullValue()));
    }

    @ParameterizedTest
    @CsvSource({
        "bootstrap, rwx------, 700, read and run, 755",
        "bootstrap, rwx--x---, 710, read and run, 755",
        "bootstrap, rwxr-xr--, 754, read and run, 755",
        "bootstrap, rw-r--r--, 644, read and run, 755",
        "iam.pem, rw-------, 600, read, 644",
        "LICENSE, rw-r-----, 640, read, 644"
    })
    void fileThatTheFunctionMayNotReadOrRunIsRefused(
            String name, String permissions, String mode, String needed, int right) throws Exception {
        byte[] zip = name.equals("bootstrap")
                ? FunctionZip.of(bootstrap(permissions))
                : FunctionZip.of(bootstrap(THEIRS), new FunctionZip.File(name, permissions, utf8(CERTIFICATE)));
        assertThat(
                fault(zip, null),
                is(
                        "%s in function.zip has permissions %s, and the function, which runs as another user, must %s it: chmod %d %s, and zip it again"
                                .formatted(name, mode, needed, right, name)));
    }

    private String faultOfBundle(String content) throws IOException {
        byte[] zip = FunctionZip.of(bootstrap(THEIRS), new FunctionZip.File("iam.pem", "rw-r--r--", utf8(content)));
        return fault(zip, "/var/task/iam.pem");
    }

    @Test
    void bundleThatIsNotInThePackageIsRefused() throws Exception {
        assertThat(
                fault(FunctionZip.of(bootstrap(THEIRS)), "/var/task/other.pem"),
                is("iamCaBundle is /var/task/other.pem, and function.zip has no other.pem"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "%s\n%s",
                "\uFEFF%s",
                "subject=CN = Root -----\n---- issuer ----\n%s",
                "Größe\n%s\ntext behind",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n%s",
                "%s\n-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"
            })
    void bundleThatTheFunctionReadsIsDeployed(String form) throws Exception {
        String content = form.replace("%s", CERTIFICATE);
        assertThat(
                CertificateBundle.read(Files.writeString(directory.resolve("iam.pem"), content))
                        .isEmpty(),
                is(false));
        assertThat(faultOfBundle(content), is(nullValue()));
        assertThat(faultOfBundle(content.replace("\n", "\r\n")), is(nullValue()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no certificate",
                "-----BEGIN CERTIFICATE-----",
                "%s\n-----BEGIN CERTIFICATE-----\nAAAA\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
            })
    void bundleThatTheFunctionRefusesIsRefusedInTheSameWords(String form) throws Exception {
        String content = form.replace("%s", CERTIFICATE);
        String words = null;
        try {
            CertificateBundle.read(Files.writeString(directory.resolve("iam.pem"), content));
        } catch (CertificateException e) {
            words = e.getMessage();
        }
        assertThat(faultOfBundle(content), is("iam.pem in function.zip is no iamCaBundle: " + words));
    }
}
