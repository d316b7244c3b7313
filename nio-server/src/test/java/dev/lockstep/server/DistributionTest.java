package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lockstep.testkit.util.Needed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void theFileOfOptionsCanBeRead() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        Environment environment = new Environment(nowhere, nowhere, name -> null, Clock.systemUTC(), loops -> {});
        assertThatCode(() -> Main.commandLine(environment).parseArgs("serve", "@" + DIST.resolve("serve.args")))
                .doesNotThrowAnyException();
    }
}
