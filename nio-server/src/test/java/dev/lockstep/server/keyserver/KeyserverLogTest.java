package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.Main;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program's log with a key of its own and a copy, and what {@code audit} finds in it. */
@Timeout(120)
class KeyserverLogTest {

    @TempDir
    Path directory;

    private TestFiles files;
    private Path log;
    private Path logKey;
    private Path copy;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
        log = directory.resolve("keys.log");
        logKey = directory.resolve("log.key");
        copy = directory.resolve("copy");
    }

    private String[] options(String... more) {
        List<String> options = new ArrayList<>(List.of(
                "--socket",
                directory.resolve("ks.sock").toString(),
                "--key",
                files.ecKey.toString(),
                "--log",
                log.toString()));
        options.addAll(List.of(more));
        return options.toArray(String[]::new);
    }

    private static Running audit(Object... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("audit"));
        for (Object arg : args) {
            all.add(arg.toString());
        }
        return Running.finished(Map.of(), all.toArray(String[]::new));
    }

    private static String chainOf(String line) {
        return line.replaceAll(".*\"chain\":\"|\"}$", "");
    }

    @Test
    void checkpointsAnchorsAndTheCopyEachShowWhatTheyDefendAgainst() throws Exception {
        // A descriptor that the process was started with, as a shell or a service manager gives it.
        List<String> shell = List.of("sh", "-c", "exec \"$@\" 3>>'" + copy + "'", "sh");
        String[] options = options("--log-key", logKey.toString(), "--log-copy", "/dev/fd/3");
        try (KeyserverProcess server = KeyserverProcess.start(directory, Map.of(), shell, options);
                RawClient client = RawClient.greeted(directory.resolve("ks.sock"))) {
            for (int i = 1; i <= 70; i++) {
                Message.Sign sign = new Message.Sign(
                        KeyId.of(files.ec.getPublic()), 0, 0x0403, KeyServerConversationTest.serverKeyExchange(i));
                assertThat(client.send(i, sign).answer(i)).isInstanceOf(Message.Result.class);
            }
            String running = audit("head", log).out().strip();
            assertThat(running).isEqualTo(chainOf(Files.readAllLines(log).get(72)));
            assertThat(audit("verify", "--anchor", running, log).exitCode()).isZero();
            assertThat(server.terminate()).isEqualTo(128 + 15);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logKey)))
                .isEqualTo("rw-------");
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(1 + 1 + 64 + 1 + 6 + 1); // head, checkpoint, uses, checkpoint, uses, checkpoint
        assertThat(Files.readAllLines(copy)).isEqualTo(lines);

        Running keyed = audit("verify", "--log-key", logKey, log);
        assertThat(keyed.exitCode()).isZero();
        assertThat(keyed.out()).contains("not covered by a checkpoint: the last 0 uses");

        Files.writeString(log, String.join("\n", lines.subList(0, 70)) + "\n");
        assertThat(audit("verify", log).exitCode()).isZero(); // a cut tail, and nothing to compare with
        keyed = audit("verify", "--log-key", logKey, log);
        assertThat(keyed.out()).contains("not covered by a checkpoint: the last 3 uses");
        String anchor = chainOf(Files.readAllLines(copy).get(73));
        Running anchored = audit("verify", "--anchor", anchor, log);
        assertThat(anchored.exitCode()).isEqualTo(Main.FAILED);
        assertThat(anchored.err()).contains("the end was cut");
    }

    private void assertRefused(String error, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("keyserver"));
        args.addAll(List.of(options(more)));
        Running refused = Running.finished(Map.of(), args.toArray(String[]::new));
        assertThat(refused.exitCode()).isEqualTo(Main.USAGE);
        assertThat(refused.err().lines()).hasSize(1).first().asString().startsWith(error);
    }

    @Test
    void keysAndCopiesThatCannotBeUsedAreRefusedInOneLine() throws Exception {
        files.write("shared.key", "0".repeat(64));
        Path shared = directory.resolve("shared.key");
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused("--log-key: " + shared + " may be used by others", "--log-key", shared.toString());
        assertRefused(
                "--log-key: ", "--log-key", directory.resolve("none/log.key").toString());
        assertRefused("--log: ", "--log-copy", "/dev/full");
        assertRefused("--log: ", "--log-copy", directory.resolve("none/copy").toString());
        Running without = Running.finished(
                Map.of(),
                "keyserver",
                "--socket",
                "x",
                "--key",
                files.ecKey.toString(),
                "--log-key",
                shared.toString());
        assertThat(without.err().strip()).isEqualTo("--log-key: there is no log; give --log FILE too");

        Running verified = audit("verify", "--log-key", shared, log);
        assertThat(verified.exitCode()).isEqualTo(Main.USAGE);
        assertThat(verified.err()).startsWith("--log-key: ").doesNotContain("0000");
        assertThat(audit("verify", "--log-key", directory.resolve("none"), log).err())
                .startsWith("--log-key: ");
        assertThat(audit("head", directory.resolve("none")).exitCode()).isEqualTo(Main.USAGE);
        Files.writeString(log, "no log\n");
        assertThat(audit("head", log).exitCode()).isEqualTo(Main.FAILED);
    }
}
