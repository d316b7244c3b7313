package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lockstep.testkit.util.Needed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.OptionSpec;

/** The files in {@code dist/}, judged by the programs that they are for. */
@Timeout(60)
class DistributionTest {

    private static final Path DIST = Path.of("..", "dist");
    private static final List<String> UNITS = List.of("lockstep.service", "lockstep-keyserver.service");
    private static final String PROGRAM = "ExecStart=/usr/lib/lockstep/lockstep ";

    @TempDir
    private Path directory;

    private String verify(Path unit) throws Exception {
        List<String> command =
                List.of("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit.toString());
        try (Spawned analysis = Spawned.start(Map.of(), command)) {
            int exit = analysis.exitCode();
            return exit == 0 ? analysis.printed() : "exit code " + exit + ": " + analysis.printed();
        }
    }

    /** A setting that systemd does not know is ignored with a warning: a restriction that silently does not restrict. */
    @Test
    void systemdKnowsEverySettingOfTheUnits() throws Exception {
        Needed.optional("systemd", "systemd-analyze");
        // This JVM's own program, since systemd wants to see an executable file.
        String java = "ExecStart=" + KeyserverProcess.javaProgram() + " ";
        for (String unit : UNITS) {
            String text = Files.readString(DIST.resolve(unit));
            assertThat(text).contains(PROGRAM);
            Files.writeString(directory.resolve(unit), text.replace(PROGRAM, java));
        }
        Path good = Files.writeString(directory.resolve("good.service"), "[Service]\n" + java + "-version\n");
        String works = verify(good);
        Needed.condition(works.isEmpty(), "systemd-analyze does not work here: " + works);
        Path bad =
                Files.writeString(directory.resolve("bad.service"), "[Service]\n" + java + "\nProtectSistem=strict\n");
        assertThat(verify(bad)).contains("ProtectSistem");
        for (String unit : UNITS) {
            assertThat(verify(directory.resolve(unit))).as(unit).isEmpty();
        }
    }

    @Test
    void theFilesOfOptionsCanBeRead() {
        assertThatCode(() -> options("serve")).doesNotThrowAnyException();
        assertThatCode(() -> options("keyserver")).doesNotThrowAnyException();
    }

    /** The options of a command in its file, by name. */
    private static Map<String, String> options(String command) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        Environment environment = new Environment(nowhere, nowhere, name -> null, Clock.systemUTC(), loops -> {});
        return Main.commandLine(environment)
                .parseArgs(command, "@" + DIST.resolve(command + ".args"))
                .subcommand()
                .matchedOptions()
                .stream()
                .collect(Collectors.toMap(OptionSpec::longestName, option -> option.originalStringValues()
                        .get(0)));
    }

    /** The values of a setting in a unit. */
    private static List<String> setting(String unit, String name) throws Exception {
        return Files.readAllLines(DIST.resolve(unit)).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }

    /** A dynamic user has no number before its service starts, and its group does not exist for the key server. */
    @Test
    void theUsersOfTheUnitsAreStaticAndShareTheGroupOfTheSocket() throws Exception {
        List<String> users = Files.readAllLines(DIST.resolve("lockstep.sysusers.conf")).stream()
                .filter(line -> line.startsWith("u "))
                .map(line -> line.split(" ")[1])
                .toList();
        for (String unit : UNITS) {
            assertThat(setting(unit, "DynamicUser")).as(unit).isEmpty();
            assertThat(users).as(unit).containsAll(setting(unit, "User")).containsAll(setting(unit, "Group"));
        }
        String group = options("keyserver").get("--socket-group");
        assertThat(setting("lockstep.service", "Group")).containsExactly(group);
        assertThat(setting("lockstep-keyserver.service", "SupplementaryGroups")).containsExactly(group);
    }

    @Test
    void theKeyServersFilesAreWhereItsUnitLetsItWrite() throws Exception {
        String unit = "lockstep-keyserver.service";
        assertThat(setting(unit, "ProtectSystem")).containsExactly("strict");
        Map<String, String> options = options("keyserver");
        Map<String, String> places = Map.of(
                "--socket", "/run/" + setting(unit, "RuntimeDirectory").get(0),
                "--log", "/var/log/" + setting(unit, "LogsDirectory").get(0),
                "--log-key", "/var/lib/" + setting(unit, "StateDirectory").get(0));
        String readme = Files.readString(DIST.resolveSibling("README.md"));
        places.forEach((option, place) -> {
            assertThat(options.get(option)).startsWith(place + "/");
            assertThat(readme).as("README.md").contains(option + " " + options.get(option));
        });
        assertThat(options("serve").get("--key")).isEqualTo("keyserver:" + options.get("--socket"));
    }

    @Test
    void systemdMakesTheUsers() throws Exception {
        Needed.optional("systemd", "systemd-sysusers");
        Files.createDirectory(directory.resolve("etc"));
        List<String> command = List.of(
                "systemd-sysusers",
                "--root=" + directory,
                DIST.resolve("lockstep.sysusers.conf").toAbsolutePath().toString());
        try (Spawned made = Spawned.start(Map.of(), command)) {
            assertThat(made.exitCode()).as(made.printed()).isZero();
        }
        assertThat(Files.readString(directory.resolve("etc/passwd")))
                .contains("lockstep:x:", "lockstep-keys:x:")
                .contains("nologin");
        assertThat(Files.readString(directory.resolve("etc/group"))).contains("lockstep:x:", "lockstep-keys:x:");
    }

    /** The paths of the jar and the archive stay one argument each, and no pattern in an option becomes a file. */
    @Test
    void theStartScriptWorksInADirectoryWithSpaces() throws Exception {
        Path home = Files.createDirectories(directory.resolve("a  b"));
        Path start = Files.copy(DIST.resolve("lockstep"), home.resolve("lockstep"));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n");
        for (Path program : List.of(start, java)) {
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        }
        Map<String, String> variables = Map.of("JAVA_HOME", home.toString(), "LOCKSTEP_JAVA_OPTIONS", "-Xmx64m s*c");
        String options = "<-Xmx64m>\n<s*c>\n<-jar>\n<" + home + "/lockstep.jar>\n<a  *>\n<>\n";
        Map<String, String> first = Map.of(
                "none", "",
                "lockstep.jsa", "<-XX:SharedArchiveFile=" + home + "/lockstep.jsa>\n<-Xlog:disable>\n",
                "lockstep.aot",
                        "<-XX:+IgnoreUnrecognizedVMOptions>\n<-XX:AOTCache=" + home
                                + "/lockstep.aot>\n<-Xlog:disable>\n"
                                + "<-XX:+UnlockDiagnosticVMOptions>\n<-XX:-AOTReplayTraining>\n");
        for (Map.Entry<String, String> each : first.entrySet()) {
            Path archive = Files.writeString(home.resolve(each.getKey()), "");
            try (Spawned started = Spawned.start(variables, List.of(start.toString(), "a  *", ""))) {
                assertThat(started.await("(?s).*<a  \\*>\n<>\n").group()).isEqualTo(each.getValue() + options);
                assertThat(started.exitCode()).isZero();
            }
            Files.delete(archive);
        }
    }
}
