package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.server.KeyserverProcess;
import dev.lockstep.server.Main;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.Running;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.audit.CheckpointKey;
import dev.lockstep.server.audit.FsyncPolicy;
import dev.lockstep.server.audit.KeyUseLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program's log with a key of its own and a copy, and what {@code audit} finds in it. */
@Timeout(120)
@Tag("one-jdk")
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
        logKey = Files.createDirectory(directory.resolve("secret")).resolve("log.key");
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

    private List<String> names() throws Exception {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void aMistakeElsewhereLeavesNoTrace() throws Exception {
        String[][] mistakes = {
            {"--key: ", "--key", "/nonexistent"},
            {"--threads: 0 ", "--threads", "0"},
            {"--demo-key-delay-ms: ", "--demo-key-delay-ms", "x"},
            {"--socket-mode: ", "--socket-mode", "999"},
            {"--socket-group: ", "--socket-group", "no such group"},
            {"--log-max-bytes: ", "--log-max-bytes", "7"},
            {"--log-fsync: ", "--log-fsync", "bogus"},
        };
        List<String> before = names();
        for (String[] mistake : mistakes) {
            assertRefused(mistake[0], "--log-key", logKey.toString(), mistake[1], mistake[2]);
            assertThat(names()).as(mistake[0]).isEqualTo(before);
        }
        CheckpointKey key = CheckpointKey.readOrMake(logKey);
        KeyUseLog.open(log, new KeyUseLog.Options(4096, FsyncPolicy.NEVER, Clock.systemUTC(), key, null))
                .close();
        List<String> lines = Files.readAllLines(log);
        for (String[] mistake : mistakes) {
            assertRefused(mistake[0], "--log-key", logKey.toString(), mistake[1], mistake[2]);
            assertThat(Files.readAllLines(log)).as(mistake[0]).isEqualTo(lines);
        }
    }

    @Test
    void theMissingKeyOfALogIsNotMade() throws Exception {
        CheckpointKey key = CheckpointKey.readOrMake(logKey);
        KeyUseLog.open(log, new KeyUseLog.Options(4096, FsyncPolicy.NEVER, Clock.systemUTC(), key, null))
                .close();
        Path mistyped = logKey.resolveSibling("lok.key");
        String error = "--log-key: " + mistyped + " does not exist, and " + log
                + " has checkpoints of another key; give that key's file";
        List<String> before = names();
        assertRefused(error, "--log-key", mistyped.toString());
        assertThat(names()).isEqualTo(before);

        Files.move(log, directory.resolve("keys.log.000001")); // as a crash in a rotation leaves it
        assertRefused(error, "--log-key", mistyped.toString());
    }

    @Test
    void aKeyInTheDirectoryOfTheLogIsRefused() throws Exception {
        Path beside = directory.resolve("log.key");
        List<String> before = names();
        assertRefused("--log-key: " + beside + " is in the directory of the log; ", "--log-key", beside.toString());
        assertThat(names()).isEqualTo(before);
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        assertRefused("--log-key: ", "--log-key", link.resolve("log.key").toString());
        files.write("log.key", "0".repeat(64));
        Path pointer = Files.createSymbolicLink(logKey.resolveSibling("pointer"), beside);
        assertRefused("--log-key: " + pointer + " is in the directory of the log; ", "--log-key", pointer.toString());
    }

    @Test
    void aCopyThatIsTheLogIsRefusedBeforeAnythingIsMade() throws Exception {
        Path roundabout = logKey.getParent().resolve("../keys.log");
        List<String> before = names();
        for (Path same : List.of(log, roundabout)) {
            assertRefused("--log-copy: " + same + " is the file of --log; ", "--log-copy", same.toString());
        }
        String key = logKey.toString();
        assertRefused("--log-copy: " + key + " is the file of --log-key; ", "--log-key", key, "--log-copy", key);
        assertThat(names()).isEqualTo(before);
        KeyUseLog.open(log, KeyUseLog.Options.DEFAULT).close();
        Path link = Files.createSymbolicLink(directory.resolve("link"), log);
        Path hard = Files.createLink(directory.resolve("hard"), log);
        for (Path same : List.of(log, link, hard)) {
            assertRefused("--log-copy: " + same + " is the file of --log; ", "--log-copy", same.toString());
        }
        assertThat(Files.readAllLines(log)).hasSize(1);
    }

    /** The copy is a pipe whose reader ends; connections beyond the limit are refused with a line each. */
    @Test
    void refusedConnectionsDoNotHideThatTheLogFails() throws Exception {
        Path socket = directory.resolve("ks.sock");
        assertThat(new ProcessBuilder("mkfifo", copy.toString()).start().waitFor())
                .isZero();
        Process reader = new ProcessBuilder("cat", copy.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (KeyserverProcess server = KeyserverProcess.start(
                        directory, options("--log-copy", copy.toString(), "--max-connections", "2"));
                RawClient client = RawClient.greeted(socket)) {
            for (int i = 0; i < 50; i++) {
                try (RawClient refused = RawClient.connect(socket)) {
                    assertThat(refused.nextOrEnd()).isNull();
                }
            }
            server.awaitErrors("refused a connection of uid");
            reader.destroyForcibly().waitFor();
            Message.Sign sign = new Message.Sign(
                    KeyId.of(files.ec.getPublic()), 0, 0x0403, KeyServerConversationTest.serverKeyExchange(1));
            assertThat(client.send(1, sign).answer(1)).isInstanceOf(Message.Failed.class);
            assertThat(server.awaitErrors(" ERROR key-use-log-down: the key-use log cannot be written"))
                    .doesNotContain(" were left out"); // the span of ten seconds is not over
        } finally {
            reader.destroyForcibly();
        }
    }

    private Message.Sign sign(int number) {
        return new Message.Sign(
                KeyId.of(files.ec.getPublic()), 0, 0x0403, KeyServerConversationTest.serverKeyExchange(number));
    }

    /** What logrotate does: the lines that follow would be in a file that is no part of the log. */
    @Test
    void aLogThatAnotherProgramRenamesTakesTheKeysOutOfUseUntilItIsBack() throws Exception {
        try (KeyserverProcess server = KeyserverProcess.start(directory, options("--log-key", logKey.toString()));
                RawClient client = RawClient.greeted(directory.resolve("ks.sock"))) {
            assertThat(client.send(1, sign(1)).answer(1)).isInstanceOf(Message.Result.class);
            Path renamed = Files.move(log, directory.resolve("keys.log.1"));
            Files.createFile(log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            assertThat(client.send(2, sign(2)).answer(2)).isInstanceOf(Message.Failed.class);
            server.awaitErrors(" ERROR key-use-log-down: the key-use log cannot be written");
            assertThat(log).isEmptyFile();

            Files.move(renamed, log, StandardCopyOption.REPLACE_EXISTING);
            int number = 3;
            while (!(client.send(number, sign(number)).answer(number) instanceof Message.Result)) {
                number++;
            }
            server.awaitErrors(" INFO key-use-log-up: ");
            assertThat(server.terminate()).isEqualTo(128 + 15);
        }
        assertThat(audit("verify", "--log-key", logKey, log).exitCode()).isZero();
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
        Path shared = Files.writeString(logKey.resolveSibling("shared.key"), "0".repeat(64));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused("--log-key: " + shared + " may be used by others", "--log-key", shared.toString());
        Path none = directory.resolve("none");
        String missing = "/log.key: the directory " + none + " does not exist; ";
        assertRefused("--log-key: " + none + missing, "--log-key", none + "/log.key");
        assertRefused("--log-key: " + logKey.getParent() + " is a directory; ", "--log-key", logKey.getParent() + "");
        String inAFile = shared + "/log.key: " + shared + " is no directory; ";
        assertRefused("--log-key: " + inAFile, "--log-key", shared + "/log.key");
        assertRefused("--log: ", "--log-copy", "/dev/full");
        assertRefused("--log-copy: " + none + "/copy: the directory ", "--log-copy", none + "/copy");
        Running without = Running.finished(
                Map.of(),
                "keyserver",
                "--socket",
                "x",
                "--key",
                files.ecKey.toString(),
                "--log-key",
                shared.toString());
        assertThat(without.err().strip())
                .isEqualTo("--log-key: has no effect without --log; give --log FILE too, or leave it out");

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
