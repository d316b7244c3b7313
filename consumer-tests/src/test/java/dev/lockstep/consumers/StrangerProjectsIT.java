package dev.lockstep.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Projects that know nothing but the published artifacts compile against them and run: one on the class path, with its
 * tests, and one on the module path. Their builds have a local repository of their own, which begins empty.
 */
@Timeout(300)
class StrangerProjectsIT {

    private static final Path SOURCES = Path.of("src/test/resources/strangers");
    private static final Path WORK = Path.of(System.getProperty("work.directory"));
    private static final Path REPOSITORY = WORK.resolve("repository");
    private static final String JAVA_HOME = System.getProperty("java.home");

    private static String output;

    @BeforeAll
    static void theirBuildSucceeds() throws Exception {
        copyOfTheirSources();
        output = succeeds(
                Path.of(System.getProperty("maven.home"), "bin/mvn").toString(),
                "--batch-mode",
                "--settings=settings.xml",
                "-Dmaven.repo.local=" + REPOSITORY,
                "-Dpublished.repository=" + Published.REPOSITORY,
                property("cached.repository"),
                property("lockstep.version"),
                property("junit.version"),
                property("compiler.plugin.version"),
                property("jar.plugin.version"),
                property("resources.plugin.version"),
                property("surefire.version"),
                "package");
    }

    @Test
    void aMavenProjectRunsItsTestsOnTheClassPath() {
        assertThat(output).contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
    }

    @Test
    void anApplicationRunsAsAModule() throws Exception {
        String modules = String.join(
                File.pathSeparator,
                jarsIn("dev/lockstep"),
                jarsIn("org/bouncycastle"),
                jarsIn("io/netty"),
                WORK.resolve("on-module-path/target/classes").toString());
        String printed = succeeds(
                Path.of(JAVA_HOME, "bin/java").toString(),
                "--module-path",
                modules,
                "--module",
                "org.example.modular/org.example.modular.Main");
        assertThat(printed.lines())
                .containsExactly(
                        "module dev.lockstep.tls",
                        "module dev.lockstep.keys",
                        "module dev.lockstep.nio",
                        "module dev.lockstep.jsse",
                        "module dev.lockstep.netty",
                        "module dev.lockstep.testkit",
                        "echoed: true");
    }

    /** Every jar that Maven has fetched for the strangers from this group. */
    private static String jarsIn(String group) throws IOException {
        try (Stream<Path> files = Files.walk(REPOSITORY.resolve(group))) {
            return String.join(
                    File.pathSeparator,
                    files.map(Path::toString)
                            .filter(each -> each.endsWith(".jar"))
                            .sorted()
                            .toList());
        }
    }

    private static String property(String name) {
        return "-D" + name + "=" + System.getProperty(name);
    }

    private static void copyOfTheirSources() throws IOException {
        Published.delete(WORK);
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path each : files.toList()) {
                Path copy = WORK.resolve(SOURCES.relativize(each).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(each, copy);
            }
        }
        // What Maven finds in the nearest .mvn above belongs to this project.
        Files.createDirectories(WORK.resolve(".mvn"));
    }

    /** Runs a command on the tests' own JDK and returns what it printed. */
    private static String succeeds(String... command) throws Exception {
        Path log = WORK.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(WORK.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", JAVA_HOME);
        builder.environment().keySet().removeAll(List.of("MAVEN_OPTS", "MAVEN_ARGS", "MAVEN_CONFIG"));
        Process process = builder.start();
        boolean ended = process.waitFor(240, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String printed = Files.readString(log);
        assertThat(ended && process.exitValue() == 0).as(printed).isTrue();
        return printed;
    }
}
