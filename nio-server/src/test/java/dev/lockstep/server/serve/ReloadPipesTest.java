package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.server.demo.ThrowawayCa;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code serve} with files that give their content once, slowly or never, as pipes and network mounts do. */
@Timeout(120)
@Tag("one-jdk")
class ReloadPipesTest {

    @TempDir
    Path directory;

    private TestFiles files;

    @BeforeEach
    void makeFiles() throws Exception {
        files = new TestFiles(directory);
    }

    private String[] serve(String... more) {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private Path pipe(String name) throws Exception {
        Path pipe = directory.resolve(name);
        Process made = new ProcessBuilder("mkfifo", "-m", "600", pipe.toString()).start();
        assertThat(made.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return pipe;
    }

    private static byte[] ticketKey() {
        byte[] key = new byte[80];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private void renewCertificate() throws Exception {
        Files.writeString(files.ecCert, ThrowawayCa.pem(files.ca.issueForLocalhost(files.ec)));
    }

    @Test
    void ticketKeysFromAPipeSurviveAReload() throws Exception {
        Path pipe = pipe("ticket.pipe");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                Files.write(pipe, ticketKey());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (Running server = Running.start(serve("--ticket-keys", pipe.toString()))) {
            writer.get(30, TimeUnit.SECONDS);
            renewCertificate();
            server.awaitError("reloaded: configuration 2 ");
        }
    }

    @Test
    void aHangUpWhileTheFilesAreReadIsServedAfterwards() throws Exception {
        Path pipe = pipe("slow.pipe");
        try (Spawned server = Spawned.start(Map.of(), List.of(), serve("--ticket-keys", pipe.toString()))) {
            try (OutputStream out = new FileOutputStream(pipe.toFile())) { // waits until the server reads
                try (Spawned kill = Spawned.start(Map.of(), List.of("kill", "-HUP", Long.toString(server.pid())))) {
                    assertThat(kill.exitCode()).isZero();
                }
                Thread.sleep(500); // the signal reaches the process
                out.write(ticketKey());
            }
            server.await("reloaded: configuration 2 ");
        }
    }

    @Test
    @SuppressWarnings("try") // the open end of the pipe is what blocks
    void aReloadThatBlocksDoesNotKeepTheServerFromEnding() throws Exception {
        Path policy = Files.writeString(directory.resolve("policy"), "policy = modern\n");
        Running server = Running.start(serve("--policy-file", policy.toString()));
        Files.delete(policy);
        pipe("policy");
        try (OutputStream blocking = new FileOutputStream(policy.toFile())) { // waits until the server reads
            server.close(); // fails if it does not end
            assertThat(server.exitCode()).isZero();
        }
    }

    @Test
    void aPolicyFileWithoutASettingIsRefused() throws Exception {
        Path policy = Files.writeString(directory.resolve("policy"), "# nothing yet\n\n");
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-------"));
        String refusal = "--policy-file: " + policy + " has no setting; write at least 'policy = modern'";
        Running refused = Running.finished(Map.of(), serve("--policy-file", policy.toString()));
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err().strip()).isEqualTo(refusal);
        Files.writeString(policy, "policy = intermediate\n");
        try (Running server = Running.start(serve("--policy-file", policy.toString()))) {
            Files.writeString(policy, "");
            server.awaitError("not reloaded, configuration 1 stays: " + refusal);
        }
    }

    /** The kernel opens a pipe for writing when it is opened for reading, so that the start stands still until then. */
    @Test
    void aStartThatWaitsForTheReaderOfALogSaysSo() throws Exception {
        for (String option : List.of("--access-log", "--keylog")) {
            Path pipe = pipe(option.substring(2));
            Running server = Running.begun(serve(option, pipe.toString()));
            assertThat(server.awaitError("opened for reading"))
                    .contains(option + ": the start waits until " + pipe + " is opened for reading; start its reader");
            try (InputStream reader = Files.newInputStream(pipe)) {
                server.awaitStart();
                server.close();
                assertThat(reader).isNotNull();
            }
        }
    }
}
