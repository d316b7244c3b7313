package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Needed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A stock OpenSSH agent that can be halted, by the id of its process. */
final class AgentProcess implements AutoCloseable {

    final Path socket;
    private final Process process;
    private final List<Path> keys;

    /** @param keys PEM files, which the agent is given */
    AgentProcess(Path directory, Path... keys) throws Exception {
        Needed.programs("openssh-client", "ssh-agent", "ssh-add");
        socket = directory.resolve("agent");
        this.keys = List.of(keys);
        process = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Its first line comes when it listens. Not closed here: the agent would be killed by its next line.
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).contains("SSH_AUTH_SOCK");
        for (Path key : keys) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        }
        addKeys();
    }

    void addKeys() throws Exception {
        for (Path key : keys) {
            run("ssh-add", "-q", key.toString());
        }
    }

    void removeKeys() throws Exception {
        run("ssh-add", "-q", "-D");
    }

    /** It keeps its socket, and answers nothing. */
    void halt() throws Exception {
        run("sh", "-c", "kill -STOP " + process.pid());
    }

    void goOn() throws Exception {
        run("sh", "-c", "kill -CONT " + process.pid());
    }

    private void run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process child = builder.start();
        child.getOutputStream().close();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!child.waitFor(20, TimeUnit.SECONDS) || child.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly(); // SIGKILL, which reaches a halted process too
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
